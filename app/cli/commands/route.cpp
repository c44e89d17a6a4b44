#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/text_format.h"
#include "base/error.h"
#include "pipeline/converted_model.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string project, prompt, source;
    std::optional<int> layer;
};

/// [L, T, k] flat, as rows of nested arrays.
template <typename T>
nlohmann::json nested(const RoutingSnapshot& routing, const std::vector<T>& values) {
    auto layers = nlohmann::json::array();
    auto value = values.begin();
    for (int l = 0; l < routing.layers; ++l) {
        auto& tokens = layers.emplace_back(nlohmann::json::array());
        for (std::size_t t = 0; t < routing.tokens.size(); ++t, value += routing.active)
            tokens.push_back(std::vector<T>(value, value + routing.active));
    }
    return layers;
}

nlohmann::json to_json(const RoutingSnapshot& routing) {
    return {{"text", routing.text},
            {"tokens", routing.tokens},
            {"layers", routing.layers},
            {"active", routing.active},
            {"experts", routing.experts},
            {"expert", nested(routing, routing.expert)},
            {"probability", nested(routing, routing.probability)}};
}

std::string describe_layer(const RoutingSnapshot& routing, int layer) {
    std::string text = fmt::format("layer {}\n", layer);
    const auto active = static_cast<std::size_t>(routing.active);
    for (std::size_t t = 0; t < routing.tokens.size(); ++t) {
        const auto first = (static_cast<std::size_t>(layer) * routing.tokens.size() + t) * active;
        text += fmt::format("  {:<16}", one_line(routing.tokens[t]));
        for (std::size_t j = first; j < first + active; ++j)
            text += fmt::format(" {:>3} ({:.2f})", routing.expert[j], routing.probability[j]);
        text += '\n';
    }
    return text;
}

}  // namespace

void add_route(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "route", "Show the experts of every token in every layer.",
                                "dotmoe route converted --prompt 'The moon is made of' --layer 0");
    command->add_option("DIR", options->project, "The folder of a conversion")->required();
    command->add_option("--prompt", options->prompt, "The text to route")->required()->type_name("TEXT");
    command->add_option("--layer", options->layer, "This layer alone (--json always has all)")
        ->type_name("L");
    add_source_option(command, options->source);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto model =
            ConvertedModel::open(options->project, context.device_choice(), optional_path(options->source));
        const auto routing = model.route(options->prompt);
        if (options->layer && (*options->layer < 0 || *options->layer >= routing.layers))
            fail_usage("--layer {}: the model has layers 0 to {}", *options->layer, routing.layers - 1);
        if (context.json) return print_json(to_json(routing));
        for (int layer = 0; layer < routing.layers; ++layer)
            if (!options->layer || *options->layer == layer) std::cout << describe_layer(routing, layer);
    });
}

}  // namespace dotmoe::cli
