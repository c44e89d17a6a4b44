#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/recipe_flags.h"
#include "app/cli/text_format.h"
#include "pipeline/bench.h"
#include "pipeline/bench_ffn.h"
#include "pipeline/bench_runtime.h"
#include "pipeline/bench_train.h"

namespace dotmoe::cli {
namespace {

std::string row(std::string_view name, double seconds) {
    return fmt::format("{:<28} {:>9.2f} ms", name, 1e3 * seconds);
}

std::string row(std::string_view name, const SolveFigures& solve) {
    return row(name, solve.seconds) +
           fmt::format(" {:>4} iterations, columns off by {:.1e} of their capacity\n", solve.iterations,
                       solve.residual);
}

std::string describe(const SinkhornFigures& figures) {
    return row("plain iterations", figures.plain) + row("with Newton steps", figures.newton) +
           row("after a step, warm", figures.warm) + row("implicit gradient", figures.backward_seconds) +
           '\n';
}

std::string describe(const RoundingTimes& figures) {
    return fmt::format("{}\n{}\n{}\ngreedy is {:.2f} % short of the exact plan's gain over a random one\n",
                       row("exact", figures.exact_seconds),
                       row("exact, prices at hand", figures.priced_seconds),
                       row("greedy", figures.greedy_seconds), 100 * figures.greedy_gap);
}

void print_report(const Context& context, const std::string& text, nlohmann::json json) {
    if (!context.json) {
        std::cout << text;
        return;
    }
    json["threads"] = thread_count();
    print_json(json);
}

/// One measurement as a subcommand: its flags, its run, its report.
template <typename Figures>
void add_measurement(CLI::App& bench, Context& context, const std::string& name, const std::string& purpose,
                     Figures (*measure)(const BenchProblem&)) {
    const auto problem = std::make_shared<BenchProblem>();
    auto* command =
        add_command(bench, context, name, purpose, "dotmoe bench " + name + " --neurons 1536 --columns 96");
    command->add_option("--neurons", problem->neurons, "Rows of the affinity")->capture_default_str();
    command->add_option("--columns", problem->columns, "Experts, of one size")->capture_default_str();
    command->add_option("--temperature", problem->temperature, "Of the solve")->capture_default_str();
    command->add_option("--iterations", problem->iterations, "Of the plain solve")->capture_default_str();
    command->add_option("--repeats", problem->repeats, "The best of so many counts")->capture_default_str();
    command->add_option("--seed", problem->seed, "Of the random affinity")->capture_default_str();
    command->callback([problem, measure, &context] {
        set_thread_count(context.threads);
        problem->device = context.device_choice();
        const Figures figures = measure(*problem);
        nlohmann::json json = figures;
        json["problem"] = *problem;
        print_report(context, describe(figures), std::move(json));
    });
}

std::string describe(const TrainFigures& figures) {
    return fmt::format(
        "{:<28} {:>9.1f} tokens/s\n{:<28} {:>9.2f} s, the median of {}\n{:<28} {:>9.1f} %, {:.1f} iterations "
        "a solve\n"
        "{:<28} {:>9}\n",
        "training", figures.tokens_per_second, fmt::format("a step of {} tokens", figures.step_tokens),
        figures.step_seconds, figures.steps, "of it transport", 100 * figures.transport_share,
        figures.sinkhorn_iterations, "peak memory",
        human_bytes(static_cast<double>(figures.peak_memory_bytes)));
}

void add_train(CLI::App& bench, Context& context) {
    struct Options {
        std::string model;
        RecipeFlags recipe;
    };
    const auto options = std::make_shared<Options>();
    auto* command = add_command(bench, context, "train",
                                "Time of a training step on a model, and transport's share of it.",
                                "dotmoe bench train model.gguf --steps 4");
    command->add_option("MODEL", options->model, "A GGUF file or a Hugging Face folder")->required();
    options->recipe.add_to(*command);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto figures = bench_train(
            {.model = options->model, .recipe = options->recipe.recipe(), .device = context.device_choice()});
        print_report(context, describe(figures), figures);
    });
}

std::string describe(const RuntimeFigures& figures) {
    auto table = fmt::format("{:<24} {:>14} {:>16} {:>14} {:>10} {:>10}\n", "", "prompt", "generation",
                             "read a token", "of memory", "KL");
    const auto& dense = figures.models.front();
    for (const auto& model : figures.models)
        table += fmt::format(
            "{:<24} {:>8.1f} x{:<4.2f} {:>10.1f} x{:<4.2f} {:>14} {:>10} {:>10.6f}\n", model.name,
            model.speed.prompt, model.speed.prompt / dense.speed.prompt, model.speed.generation,
            model.speed.generation / dense.speed.generation,
            human_bytes(static_cast<double>(model.bytes_per_token)),
            model.bandwidth_share > 0 ? fmt::format("{:.0f} %", 100 * model.bandwidth_share) : "-", model.kl);
    return table + fmt::format("tokens/s; memory gives {} a second; KL of fp32 weights to these\n",
                               human_bytes(figures.bytes_per_second));
}

void add_runtime(CLI::App& bench, Context& context) {
    struct Options {
        std::string model, weights = "bf16";
        std::vector<std::string> converted;
        RuntimeBench bench;
    };
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(bench, context, "runtime", "Tokens a second of a model and of its conversions.",
                    "dotmoe bench runtime model.gguf --converted fine --converted coarse");
    command->add_option("MODEL", options->model, "A GGUF file or a Hugging Face folder")->required();
    command->add_option("--converted", options->converted, "Conversions of it, measured in the same run")
        ->type_name("DIR");
    command->add_option("--weights", options->weights, "Format in memory: fp32, bf16 or int8")
        ->capture_default_str();
    command->add_option("--prompt", options->bench.speed.prompt, "Tokens of the prompt")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--tokens", options->bench.speed.tokens, "Tokens of the generation")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--texts", options->bench.speed.texts, "Texts that are generated at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--repeats", options->bench.speed.repeats, "The best of so many counts")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->callback([options, &context] {
        set_thread_count(context.threads);
        options->bench.model = options->model;
        options->bench.converted = to_paths(options->converted);
        options->bench.weights = parse_weight_format(options->weights);
        const auto figures = bench_runtime(options->bench);
        nlohmann::json json = figures;
        json["weights"] = options->weights;
        json["texts"] = options->bench.speed.texts;
        print_report(context, describe(figures), std::move(json));
    });
}

std::string describe(const FfnReport& report) {
    auto table = fmt::format("{:<20} {:>8} {:>14} {:>8} {:>12} {:>8} {:>8}\n", "", "tokens", "active experts",
                             "of size", "time", "speed-up", "of peak");
    for (const auto& row : report.rows)
        table += fmt::format("{:<20} {:>8} {:>14} {:>8} {:>9.2f} ms {:>8} {:>6.1f} %\n", row.name, row.tokens,
                             fmt::format("{} of {}", row.active, row.experts), row.expert_neurons,
                             1e3 * row.seconds, fmt::format("x{:.2f}", row.speedup), 100 * row.peak_share);
    return table + fmt::format("peak: a square bf16 product, {:.2f} Tflop/s\n", 1e-12 * report.peak);
}

void add_ffn(CLI::App& bench, Context& context) {
    const auto problem = std::make_shared<FfnBench>();
    auto* command = add_command(bench, context, "ffn", "Time of one FFN layer, dense and converted.",
                                "dotmoe bench ffn --width 4096 --neurons 11008 --expert-neurons 128,32");
    command->add_option("--width", problem->width, "Of the model, D")->capture_default_str();
    command->add_option("--neurons", problem->neurons, "Of the layer, N")->capture_default_str();
    command->add_option("--expert-neurons", problem->expert_neurons, "Sizes of experts, a layout each")
        ->delimiter(',')
        ->capture_default_str();
    command->add_option("--active-share", problem->active_share, "Of the experts, for each token")
        ->capture_default_str();
    command->add_option("--tokens", problem->tokens, "Rows of a call, several measurements")
        ->delimiter(',')
        ->capture_default_str();
    command->add_option("--repeats", problem->repeats, "The best of so many counts")->capture_default_str();
    command->callback([problem, &context] {
        set_thread_count(context.threads);
        problem->device = context.device_choice();
        const auto report = bench_ffn(*problem);
        print_report(context, describe(report), report);
    });
}

}  // namespace

void add_bench(CLI::App& app, Context& context) {
    auto* bench = app.add_subcommand("bench", "Measure transport, training and the runtime on this machine.");
    bench->require_subcommand(1);
    add_measurement(*bench, context, "sinkhorn", "Time of a solve and of its gradient, on a random affinity.",
                    bench_sinkhorn);
    add_measurement(*bench, context, "rounding",
                    "Time of exact and of greedy rounding, on a random affinity.", bench_rounding);
    add_train(*bench, context);
    add_ffn(*bench, context);
    add_runtime(*bench, context);
}

}  // namespace dotmoe::cli
