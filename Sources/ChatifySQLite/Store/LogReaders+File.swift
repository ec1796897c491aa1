internal import ChatifyCore

extension LogReaders {
    /// What the file says of the log: how far each partition goes, and how far each group has read.
    static func load(_ connection: SQLiteConnection) throws(SQLiteError) -> LogReaders {
        let partitions = try connection.number("SELECT partitions FROM log") ?? 0
        let groups = try Self.groups(connection, partitions: Int(partitions))
        var available: [Range<Int64>] = []
        for partition in 0..<Int(partitions) {
            // Each a step down the tree; both in one statement would walk through all records.
            let first = try connection.number("SELECT min(offset) FROM record WHERE partition = \(partition)")
            let last = try connection.number("SELECT max(offset) FROM record WHERE partition = \(partition)")
            let end = groups.reduce((last ?? -1) + 1) { max($0, $1.offsets[partition]) }
            available.append((first ?? end)..<end)
        }
        return LogReaders(
            available: available,
            groups: groups,
            latestTimestamp: try Self.latestTimestamp(connection, partitions: Int(partitions))
        )
    }

    /// A pod's stamps rise, so the latest is among the last records; overlapping sends may have changed places.
    private static func latestTimestamp(
        _ connection: SQLiteConnection,
        partitions: Int
    ) throws(SQLiteError) -> Timestamp? {
        var latest: Int64?
        for partition in 0..<partitions {
            let newest = try connection.number(
                """
                SELECT max(created_at) FROM
                (SELECT created_at FROM record WHERE partition = \(partition) ORDER BY offset DESC LIMIT 1000)
                """
            )
            if let newest { latest = max(latest ?? newest, newest) }
        }
        return latest.map { Timestamp(millisecondsSinceEpoch: $0) }
    }

    private static func groups(
        _ connection: SQLiteConnection,
        partitions: Int
    ) throws(SQLiteError) -> [StoredGroup] {
        var groups: [StoredGroup] = []
        let names = try connection.prepare("SELECT name, last_joined_at FROM consumer_group")
        let offsets = try connection.prepare("SELECT partition, next_offset FROM committed WHERE consumer_group = ?")
        while try names.step() {
            let name = names.text(0)
            var next = [Int64](repeating: 0, count: partitions)
            try offsets.rows { statement throws(SQLiteError) in
                try statement.bind(1, text: name)
            } _: { row in
                let partition = Int(row.number(0))
                if next.indices.contains(partition) { next[partition] = row.number(1) }
            }
            groups.append(StoredGroup(name: name, lastJoined: names.time(1), offsets: next))
        }
        return groups
    }
}
