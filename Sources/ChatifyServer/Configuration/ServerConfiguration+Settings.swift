extension ServerConfiguration {
    /// Reads settings, of which the later override the earlier; keys are compared without regard to letter case.
    ///
    /// Even a value that is overridden must be allowed.
    ///
    /// - Returns: The configuration, and a line for each `Chatify:` key that nobody knows.
    /// - Throws: ``ConfigurationError`` for a value that is not allowed, or for an adapter this build does not have.
    public static func load(
        _ settings: [Setting]
    ) throws(ConfigurationError) -> (configuration: ServerConfiguration, warnings: [String]) {
        var configuration = ServerConfiguration()
        var warnings: [String] = []
        for setting in settings {
            let name = setting.key.lowercased()
            if let key = SettingKey.known.first(where: { $0.name.lowercased() == name }) {
                guard key.apply(&configuration, setting.value) else {
                    throw ConfigurationError(setting, allowed: key.allowed)
                }
            } else if name.hasPrefix(SettingKey.extraPrefix) {
                // Judged by librdkafka, which knows its own properties.
                configuration.broker.properties[String(name.dropFirst(SettingKey.extraPrefix.count))] = setting.value
            } else if let adapter = SettingKey.adaptersToCome[name] {
                guard setting.value.isEmpty else {
                    throw ConfigurationError(setting, allowed: "unset: this build has no \(adapter) yet")
                }
            } else if SettingKey.known.contains(where: { $0.name.lowercased().hasPrefix(name + ":") }) {
                throw ConfigurationError(setting, allowed: "a section, not a value")
            } else if name.hasPrefix("chatify:") {
                warnings.append("Unknown setting \(setting.key) (\(setting.origin)) is ignored")
            }
        }
        return (configuration, warnings)
    }
}
