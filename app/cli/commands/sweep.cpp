#include "pipeline/sweep.h"

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/recipe_flags.h"
#include "app/cli/watched.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model, out;
    std::vector<std::string> text, layouts;
    RecipeFlags recipe;
};

SweepRequest request_of(const Options& options, const Context& context) {
    SweepRequest request;
    request.conversion.model = options.model;
    request.conversion.text = to_paths(options.text);
    request.conversion.out = options.out;
    request.conversion.recipe = options.recipe.recipe();
    request.conversion.device = context.device_choice();
    request.conversion.threads = context.threads;
    for (const auto& layout : options.layouts) request.layouts.push_back(parse_layout(layout));
    return request;
}

}  // namespace

void add_sweep(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(
        app, context, "sweep", "Convert by several layouts, and say what active parameters buy.",
        "dotmoe sweep model.gguf --text texts/ --out swept --layouts 96:24,84:12:192,12:3 --steps 0");
    command->add_option("MODEL", options->model, "A GGUF file or a Hugging Face folder")->required();
    command->add_option("--text", options->text, "Text files and folders, to calibrate, train and judge with")
        ->required()
        ->type_name("PATH");
    command
        ->add_option("--out", options->out, "Folder of all conversions; what is done there is not done again")
        ->required()
        ->type_name("DIR");
    command
        ->add_option("--layouts", options->layouts,
                     "E:k:S each, or E:k without shared neurons; judged at k/2, k, 3k/2 and 2k")
        ->required()
        ->delimiter(',')
        ->type_name("E:k:S[,E:k:S]");
    options->recipe.add_method_to(*command);
    command->callback([options, &context] {
        const auto swept =
            watched(context, "stopped; the same command goes on from the last checkpoint",
                    [&](const ConvertHooks& hooks) { return sweep(request_of(*options, context), hooks); });
        if (context.json) return print_json(swept);
        std::cout << format_table(swept);
    });
}

}  // namespace dotmoe::cli
