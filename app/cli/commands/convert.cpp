#include "pipeline/convert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/conversion_flags.h"
#include "app/cli/text_format.h"
#include "app/cli/watched.h"
#include "base/error.h"
#include "pipeline/live_routing.h"
#include "recording/recorder.h"

namespace dotmoe::cli {
namespace {

struct Options {
    ConversionFlags conversion;
    std::optional<std::string> record, fork, fork_at;
    bool resume = false;

    std::optional<ForkRequest> fork_request() const {
        if (fork)
            return ForkRequest{*fork, fork_at ? std::optional(kept_state_named(*fork_at)) : std::nullopt};
        if (fork_at) fail_usage("--fork-at {} needs --fork, the conversion to begin from", *fork_at);
        return std::nullopt;
    }
};

/// The conversion, told to a file too where one is named, with a text whose routing is shown when it is
/// replayed.
Metrics convert_recorded(const Options& options, const ConvertRequest& request, const ConvertHooks& hooks) {
    if (!options.record) return convert(request, hooks);
    Recorder recorder(hooks.events, *options.record,
                      options.resume ? Recorder::Begin::continued : Recorder::Begin::anew);
    LiveRouting routing(recorder);
    routing.set_text(std::string(sample_text));
    return convert(request, {recorder, hooks.control, &routing});
}

}  // namespace

void add_convert(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "convert", "Convert a dense model to a mixture of experts.",
                                "dotmoe convert model.gguf --text texts/ --out converted --recipe quick");
    options->conversion.add_to(*command, "Folder of the conversion");
    command->add_flag("--resume", options->resume, "Go on from the last checkpoint in --out");
    command
        ->add_option("--fork", options->fork,
                     "Begin where this conversion stood, by its recipe with later settings changed")
        ->type_name("DIR");
    command
        ->add_option(
            "--fork-at", options->fork_at,
            fmt::format("Its state: {}; else the latest that is true", fmt::join(kept_state_names(), ", ")))
        ->type_name("STATE");
    command
        ->add_option("--record", options->record,
                     "Write all that happens to a file that dotmoe-studio replays, without the model")
        ->type_name("FILE");
    options->conversion.recipe.add_to(*command);
    command->callback([options, &context] {
        options->conversion.fork = options->fork_request();
        auto request = options->conversion.request(context);
        request.resume = options->resume;
        if (options->record) check_recordable(*options->record);
        const auto metrics =
            watched(context, "stopped; the same command with --resume goes on from the last checkpoint",
                    [&](const ConvertHooks& hooks) { return convert_recorded(*options, request, hooks); });
        if (context.json) return print_json(metrics);
        std::cout << format_table(metrics)
                  << fmt::format("\n{} in {}, at most {} of memory\n", one_line(options->conversion.out),
                                 human_duration(metrics.seconds),
                                 human_bytes(static_cast<double>(metrics.peak_memory_bytes)));
    });
}

}  // namespace dotmoe::cli
