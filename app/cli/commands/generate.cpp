#include <fmt/format.h>

#include <atomic>
#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "pipeline/converted_model.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model, source, weights = "bf16";
    std::vector<std::string> prompts;
    GenerateRequest request;
};

void add_sampling(CLI::App* command, GenerateRequest& request) {
    constexpr auto group = "Sampling";
    command->add_option("--max-tokens", request.max_new_tokens, "New tokens at most")
        ->check(CLI::PositiveNumber)
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    command->add_option("--temperature", request.temperature, "0 takes the most likely token each time")
        ->check(CLI::NonNegativeNumber)
        ->type_name("T")
        ->capture_default_str()
        ->group(group);
    command->add_option("--top-p", request.top_p, "Smallest set of tokens with this probability")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("P")
        ->capture_default_str()
        ->group(group);
    command->add_option("--top-k", request.top_k, "The K most likely tokens; 0 keeps all")
        ->check(CLI::NonNegativeNumber)
        ->type_name("K")
        ->capture_default_str()
        ->group(group);
    command->add_option("--seed", request.seed, "Of the draws; a second prompt's is one more, and so on")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
}

nlohmann::json json_of(const std::string& prompt, const Generation& generation) {
    return {{"prompt", prompt},
            {"text", generation.text},
            {"tokens", generation.tokens},
            {"seconds", generation.seconds}};
}

void continue_one(const ConvertedModel& model, Options& options, bool json,
                  const std::atomic<bool>& stopped) {
    options.request.prompt = options.prompts.front();
    const auto generation = model.generate(options.request, [&](std::string_view piece) {
        if (!json) std::cout << piece << std::flush;
        return !stopped;
    });
    if (!json)
        std::cout << '\n';
    else if (!stopped)
        print_json(json_of(options.request.prompt, generation));
}

/// Texts that grow side by side are shown when they are whole.
void continue_several(const ConvertedModel& model, const Options& options, bool json,
                      const std::atomic<bool>& stopped) {
    const auto texts = model.generate_texts(options.request, options.prompts,
                                            [&](std::size_t, std::string_view) { return !stopped; });
    auto all = nlohmann::json::array();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        all.push_back(json_of(options.prompts[i], texts[i]));
        if (!json) std::cout << fmt::format("[{}] {}\n{}\n\n", i + 1, options.prompts[i], texts[i].text);
    }
    if (json && !stopped) print_json({{"texts", std::move(all)}});
}

}  // namespace

void add_generate(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "generate", "Continue a text.",
                                "dotmoe generate converted --prompt 'The moon is' --max-tokens 40");
    command->add_option("MODEL|DIR", options->model, "A GGUF file, a Hugging Face folder, or a conversion's")
        ->required();
    command
        ->add_option("--prompt", options->prompts,
                     "The text to continue; given several times, several texts at once")
        ->required()
        ->allow_extra_args(false)
        ->type_name("TEXT");
    command
        ->add_option("--weights", options->weights,
                     "Weights in the CPU's memory: fp32, or bf16 or int8: half or a quarter as much to read")
        ->type_name("NAME")
        ->capture_default_str();
    add_source_option(command, options->source);
    add_sampling(command, options->request);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        options->request.weights = parse_weight_format(options->weights);
        const auto model =
            ConvertedModel::open(options->model, context.device_choice(), optional_path(options->source));
        std::atomic<bool> stopped = false;
        const Interrupt::Scope scope(context.interrupt, [&stopped] { stopped = true; });
        if (options->prompts.size() == 1)
            continue_one(model, *options, context.json, stopped);
        else
            continue_several(model, *options, context.json, stopped);
        if (stopped) throw Interrupted("interrupted");
    });
}

}  // namespace dotmoe::cli
