#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/recipe_flags.h"
#include "app/cli/text_format.h"
#include "app/cli/watched.h"
#include "base/system.h"
#include "pipeline/inspect.h"
#include "pipeline/measured_cost.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model;
    std::vector<std::string> text;
    bool probe = false;
    RecipeFlags recipe;
};

CostEstimate estimate_of(const Options& options, const ModelSummary& model, const Recipe& recipe,
                         Context& context) {
    if (!options.probe) return estimate_cost(model, recipe, context.threads);
    const ConvertRequest request{.model = options.model,
                                 .text = to_paths(options.text),
                                 .out = {},
                                 .recipe = recipe,
                                 .device = context.device_choice(),
                                 .threads = context.threads};
    return watched(context, "stopped before anything was measured",
                   [&](const ConvertHooks& hooks) { return measure_cost(request, hooks); });
}

std::string describe_split(const Recipe& recipe) {
    if (recipe.method != Method::transport) return fmt::format("a split by {}", name_of(recipe.method));
    return fmt::format("{} rounds", recipe.start == Start::alternating ? recipe.layerwise.rounds : 0);
}

std::string describe(const ModelSummary& model, const Recipe& recipe, const CostEstimate& estimate) {
    const auto& layout = recipe.layout;
    std::string text;
    const auto row = [&](std::string_view name, std::string_view value) {
        text += fmt::format("{:<8} {}\n", name, one_line(value));
    };
    row("model", fmt::format("{}: {}, {} layers of {} neurons", model.path.string(),
                             model.config.architecture, model.config.layers, model.config.neurons));
    row("layout",
        fmt::format("{} experts of {} neurons, {} active, {} shared neurons: {:.1f} % of the FFN neurons, "
                    "{} of {} parameters a token",
                    layout.experts, layout.capacity(model.config.neurons), layout.active, layout.shared,
                    100 * estimate.active_neuron_share, human_count(estimate.active_parameters),
                    human_count(static_cast<double>(model.parameters))));
    row("recipe",
        fmt::format("{}: {} and {} steps a layer, then {} global steps, a fit to {} windows and {} steps of "
                    "recovery, of {} x {} tokens; seed {}",
                    recipe.name, describe_split(recipe), recipe.layerwise.steps, recipe.distill.steps,
                    recipe.recover.fit_windows, recipe.recover.steps, recipe.distill.sequences,
                    recipe.text.window, recipe.seed));
    row("text", fmt::format("{} tokens", human_count(static_cast<double>(estimate.train_tokens))));
    row("memory", fmt::format("about {} ({} free)", human_bytes(static_cast<double>(estimate.memory_bytes)),
                              human_bytes(static_cast<double>(machine_memory().available))));
    row("disk", fmt::format("about {}", human_bytes(static_cast<double>(estimate.disk_bytes))));
    const auto probed =
        estimate.probe ? fmt::format(", measured in {}", human_duration(estimate.probe->seconds)) : "";
    row("time",
        fmt::format("about {} on {} threads{}", human_duration(estimate.seconds()), thread_count(), probed));
    if (!estimate.probe) return text;
    for (const auto& phase : estimate.phases)
        text += fmt::format(
            "  {:<10} {:>8}{}\n", name_of(phase.phase), human_duration(phase.seconds()),
            phase.sample ? fmt::format("  a sample took {:.2f} of what was predicted", phase.sample->factor())
                         : "");
    return text;
}

}  // namespace

void add_plan(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "plan", "Dry run: the memory, disk and time a conversion will take.",
                    "dotmoe plan model.gguf --recipe laptop --experts 42");
    command->add_option("MODEL", options->model, "A GGUF file or a Hugging Face folder")->required();
    auto* text = command->add_option("--text", options->text, "Text that the conversion will be made with")
                     ->type_name("PATH");
    command
        ->add_flag("--probe", options->probe,
                   "Load the model and run a little of each phase: its measured rate corrects the prediction")
        ->needs(text);
    text->needs("--probe");
    options->recipe.add_to(*command);
    command->callback([options, &context] {
        const auto recipe = options->recipe.recipe();
        const auto model = inspect(options->model);
        const auto estimate = estimate_of(*options, model, recipe, context);
        if (context.json) return print_json(estimate);
        std::cout << describe(model, recipe, estimate);
    });
}

}  // namespace dotmoe::cli
