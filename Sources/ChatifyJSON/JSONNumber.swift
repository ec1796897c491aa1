/// A JSON number as exactly as Swift can hold it.
package enum JSONNumber: Hashable, Sendable {
    /// Written without fraction and exponent, and within the range.
    case integer(Int64)
    /// Any other number; always finite.
    case double(Double)
}
