extension SettingKey {
    /// The keys of where messages are kept and for how long.
    static let storage: [SettingKey] = [
        SettingKey("Chatify:Server:DataDirectory", \.storage.dataDirectory, "a path") { $0.isPath ? $0 : nil },
        SettingKey("Chatify:Sqlite:Path", \.storage.databasePath, "a path") { $0.isPath ? .some($0) : nil },
        SettingKey("Chatify:Sqlite:Synchronous", \.storage.isFullySynchronous, "FULL or NORMAL") { text in
            switch text.lowercased() {
            case "full": true
            case "normal": false
            default: nil
            }
        },
        .duration("Chatify:Sqlite:LogRetentionHours", \.storage.logRetentionAge, 1...87_600, in: .hours),
        .megabytes("Chatify:Sqlite:LogRetentionMegabytes", \.storage.logRetentionBytes),
        .optionalDuration(
            "Chatify:Sqlite:HistoryRetentionDays",
            \.storage.historyRetentionAge,
            upTo: 36_500,
            in: .days
        ),
        .megabytes("Chatify:Sqlite:HistoryRetentionMegabytes", \.storage.historyRetentionBytes),
    ]
}

extension String {
    /// Whether the text can name a file: C ends a path at the first zero.
    fileprivate var isPath: Bool { !self.isEmpty && !self.utf8.contains(0) }
}
