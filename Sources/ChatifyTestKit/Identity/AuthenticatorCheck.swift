internal import ChatifyCore

extension ConformanceCheck where Subject == AuthenticatorSubject {
    /// All laws of the port, those first that others build on.
    public static var all: [AuthenticatorCheck] {
        [.knowsTheGood, .refusesTheBad, .aClaimProvesNothing, .keepsManyApart, .doesNotGuessInAnOutage]
    }

    /// Good credentials are their owner's, and end when they end.
    public static var knowsTheGood: AuthenticatorCheck {
        AuthenticatorCheck("knows whom good credentials belong to", law: "Returns who the client is.") { subject in
            for (credentials, identity) in subject.good {
                let found = try await subject.authenticator.authenticate(credentials)
                try demand(found, is: identity, "Good credentials were taken for another's, or for good too long")
            }
        }
    }

    /// Bad credentials are nobody's.
    public static var refusesTheBad: AuthenticatorCheck {
        AuthenticatorCheck(
            "refuses bad credentials",
            law: "Throws: ChatError with code unauthenticated if the credentials are missing or bad."
        ) { subject in
            for (number, credentials) in subject.bad.enumerated() {
                try await demandFailure(
                    [.unauthenticated],
                    "Bad credentials, number \(number), were not refused as such"
                ) {
                    _ = try await subject.authenticator.authenticate(credentials)
                }
            }
        }
    }

    /// Who says so is not who proves it.
    public static var aClaimProvesNothing: AuthenticatorCheck {
        AuthenticatorCheck(
            "a claim proves nothing",
            law: "The name a client claims without proof; only a development authenticator looks at it.",
            requires: [.proof]
        ) { subject in
            for (credentials, identity) in subject.good {
                var claiming = credentials
                claiming.claimedUser = "root"
                let found = try await subject.authenticator.authenticate(claiming)
                try demand(found, is: identity, "A name that was claimed without proof was believed")
            }
            for credentials in subject.bad {
                var claiming = credentials
                claiming.claimedUser = "root"
                try await demandFailure([.unauthenticated], "Bad credentials were believed for a name that was claimed")
                {
                    _ = try await subject.authenticator.authenticate(claiming)
                }
            }
        }
    }

    /// Hundreds of clients at once, each with its own name.
    public static var keepsManyApart: AuthenticatorCheck {
        AuthenticatorCheck("keeps many at once apart", law: "Returns who the client is.") { subject in
            let good = subject.good.map { ($0.key, $0.value) }
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for index in 0..<400 where !good.isEmpty {
                    let (credentials, identity) = good[index % good.count]
                    tasks.addTask { try await subject.authenticator.authenticate(credentials) != identity }
                }
                return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try demand(wrong, is: 0, "Of many clients at once some were taken for others")
        }
    }

    /// What cannot be judged is neither good nor bad.
    public static var doesNotGuessInAnOutage: AuthenticatorCheck {
        AuthenticatorCheck(
            "does not guess in an outage",
            law: "Throws: … unavailable if they cannot be judged now.",
            requires: [.outage]
        ) { subject in
            try await subject.breakDown?()
            for credentials in subject.good.keys {
                try await demandFailure([.unavailable], "Credentials were judged though they could not be") {
                    _ = try await subject.authenticator.authenticate(credentials)
                }
            }
        }
    }
}
