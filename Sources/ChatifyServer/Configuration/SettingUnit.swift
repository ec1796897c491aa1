/// What a duration's whole number counts.
struct SettingUnit: Sendable {
    /// The unit's name in the plural.
    let name: String
    /// How long one is.
    let length: Duration

    static let milliseconds = SettingUnit(name: "milliseconds", length: .milliseconds(1))
    static let seconds = SettingUnit(name: "seconds", length: .seconds(1))
    static let hours = SettingUnit(name: "hours", length: .seconds(3600))
    static let days = SettingUnit(name: "days", length: .seconds(86_400))
}
