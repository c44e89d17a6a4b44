#include "app/studio/options.h"

#include <CLI/CLI.hpp>

#include "align/recipe.h"
#include "base/system.h"
#include "recording/recording.h"

namespace dotmoe::studio {

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    Options options;
    CLI::App app{
        "DOT-MoE Studio: turn a dense language model into a mixture of experts, and watch it happen.",
        "dotmoe-studio"};
    app.set_version_flag("--version", std::string(version()));
    app.add_option("MODEL", options.model,
                   "Dense model to open (a GGUF file or a Hugging Face folder), a recording or a conversion");
    app.add_option("--text", options.text, "Files and folders of text to learn from")->type_name("PATH...");
    app.add_option("--out", options.out, "Folder of the conversion")->type_name("DIR");
    app.add_option("--preset", options.preset, "Recipe to start with")
        ->type_name("NAME")
        ->check(CLI::IsMember(preset_names()));
    app.add_option(
           "--screenshots", options.screenshots,
           "Convert MODEL in the window or show what was converted, write pictures of every tab to DIR, "
           "and exit; needs no display")
        ->type_name("DIR");
    app.add_option("--scale", options.scales,
                   "Sizes of the pictures' text, 1 or 2 for example; of each a set")
        ->type_name("FACTOR...")
        ->check(CLI::Range(0.75, 2.0))
        ->needs("--screenshots")
        ->capture_default_str();
    app.footer("Other Qt settings come from the environment, for example QT_SCALE_FACTOR=2.");
    try {
        app.parse(argc, argv);
        const bool replay = options.model && Recording::recognises(*options.model);
        if (options.screenshots && (!options.model || (options.text.empty() && !replay)))
            throw CLI::ValidationError("--screenshots", "needs MODEL and --text, or a recording");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return options;
}

}  // namespace dotmoe::studio
