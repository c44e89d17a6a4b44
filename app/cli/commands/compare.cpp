#include "pipeline/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>

#include "app/cli/conversion_flags.h"
#include "app/cli/watched.h"

namespace dotmoe::cli {
namespace {

struct Options {
    ConversionFlags conversion;
    std::vector<std::string> methods = method_names();
    std::vector<std::uint64_t> seeds{0, 1, 2};
    TaskOptions tasks;
};

CompareRequest request_of(const Options& options, const Context& context) {
    CompareRequest request;
    request.conversion = options.conversion.request(context);
    for (const auto& name : options.methods) request.methods.push_back(method_named(name));
    request.seeds = options.seeds;
    request.tasks = to_paths(options.tasks.folders);
    request.questions = options.tasks.questions;
    return request;
}

}  // namespace

void add_compare(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "compare", "Convert by several methods and seeds, and say which is best.",
                    "dotmoe compare model.gguf --text texts/ --out compared --methods transport,random");
    options->conversion.add_to(*command, "Folder of all conversions; what is done there is not done again");
    command->add_option("--methods", options->methods, fmt::format("Of {}", fmt::join(method_names(), ", ")))
        ->delimiter(',')
        ->type_name("NAME[,NAME]")
        ->default_str("all");
    command->add_option("--seeds", options->seeds, "A conversion by each method for each")
        ->delimiter(',')
        ->type_name("N[,N]")
        ->default_str("0,1,2");
    options->tasks.add_to(*command);
    options->conversion.recipe.add_budget_to(*command);
    command->callback([options, &context] {
        const auto request = request_of(*options, context);
        const auto comparison = watched(context, "stopped; the same command goes on from the last checkpoint",
                                        [&](const ConvertHooks& hooks) { return compare(request, hooks); });
        if (context.json) return print_json(comparison);
        std::cout << format_table(comparison);
    });
}

}  // namespace dotmoe::cli
