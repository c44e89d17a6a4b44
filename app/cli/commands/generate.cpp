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
    command->add_option("--seed", request.seed, "Of the draws")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
}

}  // namespace

void add_generate(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "generate", "Continue a text.",
                                "dotmoe generate converted --prompt 'The moon is' --max-tokens 40");
    command->add_option("MODEL|DIR", options->model, "A GGUF file, a Hugging Face folder, or a conversion's")
        ->required();
    command->add_option("--prompt", options->request.prompt, "The text to continue")
        ->required()
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
        const auto generation = model.generate(options->request, [&](std::string_view piece) {
            if (!context.json) std::cout << piece << std::flush;
            return !stopped;
        });
        if (!context.json) std::cout << '\n';
        if (stopped) throw Interrupted("interrupted");
        if (context.json)
            print_json({{"prompt", options->request.prompt},
                        {"text", generation.text},
                        {"tokens", generation.tokens},
                        {"seconds", generation.seconds}});
    });
}

}  // namespace dotmoe::cli
