internal import ChatifyCore

extension ConformanceCheck where Subject == ScopeAuthorizerSubject {
    private static var law: String { "Returns whether user may do action in scope." }

    /// All laws of the port, those first that others build on.
    public static var all: [ScopeAuthorizerCheck] {
        [.allowsWhomItMust, .refusesWhomItMust, .answersManyAtOnce, .remembersNoAnswer, .doesNotGuessInAnOutage]
    }

    /// Who may, may.
    public static var allowsWhomItMust: ScopeAuthorizerCheck {
        ScopeAuthorizerCheck("allows whom it must", law: Self.law) { subject in
            for question in subject.allowed {
                try demand(
                    try await subject.answer(question),
                    "\(question.user) may not \(question.action) in \(question.scope)"
                )
            }
        }
    }

    /// Who may not, may not; nor may anybody whose id only looks like that of somebody who may.
    public static var refusesWhomItMust: ScopeAuthorizerCheck {
        ScopeAuthorizerCheck("refuses whom it must", law: Self.law) { subject in
            for question in subject.refused {
                try demand(
                    !(try await subject.answer(question)),
                    "\(question.user) may \(question.action) in \(question.scope)"
                )
            }
        }
    }

    /// Hundreds of questions at once, each with its own answer.
    public static var answersManyAtOnce: ScopeAuthorizerCheck {
        ScopeAuthorizerCheck("answers many at once", law: Self.law) { subject in
            let questions = subject.allowed.map { ($0, true) } + subject.refused.map { ($0, false) }
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for index in 0..<400 where !questions.isEmpty {
                    let (question, expected) = questions[index % questions.count]
                    tasks.addTask { try await subject.answer(question) != expected }
                }
                return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try demand(wrong, is: 0, "Of many questions at once some got another's answer")
        }
    }

    /// A permission that is taken away is gone.
    public static var remembersNoAnswer: ScopeAuthorizerCheck {
        ScopeAuthorizerCheck(
            "remembers no answer",
            law: "Asked once per join and once per send and history read; an answer is not remembered.",
            requires: [.revocation]
        ) { subject in
            guard let question = subject.allowed.first else { return }
            try demand(
                try await subject.answer(question),
                "\(question.user) may not \(question.action) in \(question.scope)"
            )
            try await subject.revoke?()
            try demand(!(try await subject.answer(question)), "A permission that was taken away still holds")
        }
    }

    /// What cannot be decided is an error.
    public static var doesNotGuessInAnOutage: ScopeAuthorizerCheck {
        ScopeAuthorizerCheck(
            "does not guess in an outage",
            law: "Throws: ChatError with code unavailable if it cannot be decided now; the action is refused then.",
            requires: [.outage]
        ) { subject in
            try await subject.breakDown?()
            for question in subject.allowed + subject.refused {
                try await demandFailure([.unavailable], "A question was answered that could not be decided") {
                    _ = try await subject.answer(question)
                }
            }
        }
    }
}
