extension JSONReader {
    /// Reads an object, calling `field` for each member in order; `field` must read the member's value.
    package mutating func readObject(
        _ field: (_ key: borrowing JSONKey, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard try self.nextByte() == ASCII.openBrace else { throw self.error("expected an object") }
        try self.enter()
        if try self.nextByte() == ASCII.closeBrace { return self.leave() }
        while true {
            guard try self.nextByte() == ASCII.quote else { throw self.error("expected a member's name") }
            let key = JSONKey(try self.scanString())
            guard try self.nextByte() == ASCII.colon else { throw self.error("expected a colon") }
            self.position &+= 1
            let valueStart = self.position
            try field(key, &self)
            guard self.position != valueStart else { throw self.error("the member's value was not read") }
            if try self.isLast(closedBy: ASCII.closeBrace) { return self.leave() }
        }
    }

    /// Reads an array, calling `element` for each element in order; `element` must read it.
    package mutating func readArray(
        _ element: (_ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard try self.nextByte() == ASCII.openBracket else { throw self.error("expected an array") }
        try self.enter()
        if try self.nextByte() == ASCII.closeBracket { return self.leave() }
        while true {
            let elementStart = self.position
            try element(&self)
            guard self.position != elementStart else { throw self.error("the element was not read") }
            if try self.isLast(closedBy: ASCII.closeBracket) { return self.leave() }
        }
    }

    private mutating func enter() throws(JSONError) {
        guard self.depth < self.maxDepth else { throw self.error("nested too deeply") }
        self.depth &+= 1
        self.position &+= 1
    }

    private mutating func leave() {
        self.depth &-= 1
        self.position &+= 1
    }

    /// Passes over a comma and answers false, or answers true and stays in front of the closing byte.
    @inline(__always)
    private mutating func isLast(closedBy close: UInt8) throws(JSONError) -> Bool {
        let byte = try self.nextByte()
        if byte == close { return true }
        guard byte == ASCII.comma else { throw self.error("expected a comma or the end of the container") }
        self.position &+= 1
        return false
    }
}
