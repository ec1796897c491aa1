extension HubValue {
    /// The value of the member called `name`, without regard to the case of ASCII letters.
    ///
    /// As ASP.NET's JSON binding has it, the last of several members of that name counts. Nil for anything but an object.
    public subscript(name: String) -> HubValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.equalsIgnoringASCIICase(name) }?.value
    }

    /// Whether there is no value.
    public var isNull: Bool { self == .null }

    /// The truth value, nil for anything else.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number if it was written as an integer, nil for anything else; numbers in strings do not count.
    public var integerValue: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The number, be it an integer or not, nil for anything else.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .null, .bool, .string, .bytes, .time, .array, .object, .encoded: nil
        }
    }

    /// The text, nil for anything else.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements of a list, nil for anything else.
    public var arrayValue: [HubValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members of an object, nil for anything else.
    public var objectValue: [Member]? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}
