#include "pipeline/sweep.h"

#include <iostream>
#include <memory>

#include "app/cli/conversion_flags.h"
#include "app/cli/watched.h"

namespace dotmoe::cli {
namespace {

struct Options {
    ConversionFlags conversion;
    std::vector<std::string> layouts;
};

SweepRequest request_of(const Options& options, const Context& context) {
    SweepRequest request;
    request.conversion = options.conversion.request(context);
    for (const auto& layout : options.layouts) request.layouts.push_back(parse_layout(layout));
    return request;
}

}  // namespace

void add_sweep(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(
        app, context, "sweep", "Convert by several layouts, and say what active parameters buy.",
        "dotmoe sweep model.gguf --text texts/ --out swept --layouts 96:24,84:12:192,12:3 --steps 0");
    options->conversion.add_to(*command, "Folder of all conversions; what is done there is not done again");
    command
        ->add_option("--layouts", options->layouts,
                     "E:k:S each, or E:k without shared neurons; judged at k/2, k, 3k/2 and 2k")
        ->required()
        ->delimiter(',')
        ->type_name("E:k:S[,E:k:S]");
    options->conversion.recipe.add_method_to(*command);
    command->callback([options, &context] {
        const auto swept =
            watched(context, "stopped; the same command goes on from the last checkpoint",
                    [&](const ConvertHooks& hooks) { return sweep(request_of(*options, context), hooks); });
        if (context.json) return print_json(swept);
        std::cout << format_table(swept);
    });
}

}  // namespace dotmoe::cli
