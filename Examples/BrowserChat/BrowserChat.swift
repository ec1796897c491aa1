/// The files of a chat page for browsers, built into the program that serves them.
public enum BrowserChat {
    /// All files with their names; the first is the page itself, which refers to the others by name.
    public static let files: [(name: String, bytes: [UInt8])] = [
        ("index.html", PackageResources.index_html),
        ("layout.css", PackageResources.layout_css),
        ("parts.css", PackageResources.parts_css),
        ("tokens.css", PackageResources.tokens_css),
        ("chat.js", PackageResources.chat_js),
        ("composer.js", PackageResources.composer_js),
        ("conversation.js", PackageResources.conversation_js),
        ("drawers.js", PackageResources.drawers_js),
        ("elements.js", PackageResources.elements_js),
        ("errors.js", PackageResources.errors_js),
        ("format.js", PackageResources.format_js),
        ("history.js", PackageResources.history_js),
        ("links.js", PackageResources.links_js),
        ("lists.js", PackageResources.lists_js),
        ("main.js", PackageResources.main_js),
        ("presence.js", PackageResources.presence_js),
        ("rows.js", PackageResources.rows_js),
        ("shortcuts.js", PackageResources.shortcuts_js),
        ("signalr.js", PackageResources.signalr_js),
        ("timeline.js", PackageResources.timeline_js),
        ("view.js", PackageResources.view_js),
        ("viewport.js", PackageResources.viewport_js),
        ("icon.svg", PackageResources.icon_svg),
    ]
}
