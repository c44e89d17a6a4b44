#include "pipeline/inspect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <map>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/text_format.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model;
    bool tensors = false;
};

std::string tensor_types(const ModelSummary& summary) {
    std::map<std::string, int> counts;
    for (const auto& tensor : summary.tensors) ++counts[tensor.type];
    std::vector<std::string> parts;
    parts.reserve(counts.size());
    for (const auto& [type, count] : counts) parts.push_back(fmt::format("{} {}", count, type));
    return fmt::format("{} ({})", summary.tensors.size(), fmt::join(parts, ", "));
}

std::string describe(const ModelSummary& summary) {
    const auto& config = summary.config;
    std::string text = one_line(summary.path.string()) + '\n';
    const auto row = [&](std::string_view name, std::string_view value) {
        text += fmt::format("  {:<14} {}\n", name, one_line(value));
    };
    row("format",
        fmt::format("{}, {}", summary.format, human_bytes(static_cast<double>(summary.file_bytes))));
    row("architecture", config.architecture);
    row("layers L", fmt::to_string(config.layers));
    row("width D", fmt::to_string(config.width));
    row("neurons N", fmt::to_string(config.neurons));
    row("attention", fmt::format("{} heads, {} of keys and values", config.heads, config.kv_heads));
    row("vocabulary V",
        fmt::format("{}{}", config.vocabulary, config.tied_embeddings ? ", shared with the output" : ""));
    row("context", fmt::format("{} tokens", config.context));
    row("parameters",
        fmt::format("{}, {} of them in gated FFNs", human_count(static_cast<double>(summary.parameters)),
                    human_count(static_cast<double>(summary.ffn_parameters))));
    row("tensors", tensor_types(summary));
    row("convertible", summary.refusal.empty() ? "yes" : "no: " + summary.refusal);
    return text;
}

std::string list_tensors(const ModelSummary& summary) {
    std::string text;
    for (const auto& tensor : summary.tensors)
        text += fmt::format("  {:<32} {:<5} {:>10}  [{}]\n", one_line(tensor.name), tensor.type,
                            human_bytes(static_cast<double>(tensor.bytes)), fmt::join(tensor.shape, ", "));
    return text;
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "inspect", "Show what a model file is and whether it can be converted.",
                    "dotmoe inspect SmolLM2-135M-Instruct.Q4_1.gguf --tensors");
    command->add_option("MODEL", options->model, "A GGUF file or a Hugging Face folder")->required();
    command->add_flag("--tensors", options->tensors, "List every tensor (--json always does)");
    command->callback([options, &context] {
        const auto summary = inspect(options->model);
        if (context.json) return print_json(summary);
        std::cout << describe(summary);
        if (options->tensors) std::cout << '\n' << list_tensors(summary);
    });
}

}  // namespace dotmoe::cli
