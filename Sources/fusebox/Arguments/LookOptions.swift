import ArgumentParser
import Screen

/// The options for the appearance of the dashboard.
struct LookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The theme, such as light; 'fusebox theme list' has them all.",
            discussion: "Without it: 'theme' of config.yaml, then the last ':theme', "
                + "then default.",
            valueName: "name"))
    var theme: String?

    @Flag(help: "Draw only ASCII; the default if the locale is not UTF-8.")
    var ascii = false

    /// The options as command-line arguments.
    var arguments: [String] {
        (theme.map { ["--theme", $0] } ?? []) + (ascii ? ["--ascii"] : [])
    }
}
