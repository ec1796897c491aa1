internal import ChatifyJSON

extension KafkaStatistics {
    /// Reads librdkafka's statistics (its STATISTICS.md); `nil` if they are not of that form.
    init?(json: [UInt8]) {
        self.init()
        do throws(JSONError) {
            try JSONReader.read(json) { reader throws(JSONError) in try self.read(from: &reader) }
        } catch {
            return nil
        }
    }

    private mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { key, reader throws(JSONError) in
            if key == "msg_cnt" {
                self.outboundRecords = Int(try reader.readInt64())
            } else if key == "msg_size" {
                self.outboundBytes = Int(try reader.readInt64())
            } else if key == "brokers" {
                try reader.readObject { _, reader throws(JSONError) in
                    let broker = try KafkaBrokerStatistics(from: &reader)
                    // Others are names that were given and not brokers yet, or the coordinator under another name.
                    if broker.id >= 0 { self.brokers.append(broker) }
                }
            } else {
                try reader.skipValue()
            }
        }
        self.brokers.sort { $0.id < $1.id }
    }
}

extension KafkaBrokerStatistics {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: -1, isUp: false)
        try reader.readObject { key, reader throws(JSONError) in
            if key == "nodeid" {
                self.id = Int(try reader.readInt64())
            } else if key == "state" {
                let state = try reader.readString()
                (self.isUp, self.isIdle) = (state == "UP", state == "INIT")
            } else if key == "rtt" {
                try self.readRoundTrip(from: &reader)
            } else {
                try reader.skipValue()
            }
        }
    }

    private mutating func readRoundTrip(from reader: inout JSONReader) throws(JSONError) {
        var (average, slow, count) = (Int64(0), Int64(0), Int64(0))
        try reader.readObject { key, reader throws(JSONError) in
            if key == "avg" {
                average = try reader.readInt64()
            } else if key == "p99" {
                slow = try reader.readInt64()
            } else if key == "cnt" {
                count = try reader.readInt64()
            } else {
                try reader.skipValue()
            }
        }
        guard count > 0 else { return }
        (self.averageRoundTrip, self.slowRoundTrip) = (.microseconds(average), .microseconds(slow))
    }
}
