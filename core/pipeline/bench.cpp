#include "pipeline/bench.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/best_seconds.h"
#include "base/compute.h"
#include "base/error.h"
#include "transport/implicit_gradient.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe {
namespace {

/// Adam moves each entry by about its learning rate; 0.01 is the recipe's.
constexpr double kStepChange = 0.01;

/// Of short jobs the first runs still start threads and fill caches.
constexpr double kShortest = 0.5;

double seconds_of(const BenchProblem& problem, const std::function<void()>& job) {
    return best_seconds(problem.repeats, job, kShortest);
}

void check_bench(const BenchProblem& problem) {
    if (problem.neurons < 1 || problem.columns < 1 || problem.iterations < 1 || problem.repeats < 1)
        fail_usage("neurons, columns, iterations and repeats must be at least 1");
    if (problem.neurons % problem.columns != 0)
        fail_usage("{} neurons do not divide into {} columns", problem.neurons, problem.columns);
}

at::Tensor normal(const BenchProblem& problem, std::uint64_t seed) {
    return at::randn({problem.neurons, problem.columns}, at::detail::createCPUGenerator(seed), at::kFloat)
        .to(choose_compute(problem.device).device);
}

Capacities even_capacities(const BenchProblem& problem) {
    return Capacities(static_cast<std::size_t>(problem.columns), problem.neurons / problem.columns);
}

SolveFigures measure(const BenchProblem& problem, const at::Tensor& affinity, const SinkhornOptions& options,
                     const std::optional<at::Tensor>& warm_g = std::nullopt) {
    const auto capacities = even_capacities(problem);
    SinkhornResult result;
    const double seconds =
        seconds_of(problem, [&] { result = sinkhorn(affinity, capacities, options, warm_g); });
    return {.seconds = seconds,
            .residual = static_cast<double>(result.iterations.back().column_residual.front()) /
                        static_cast<double>(capacities.front()),
            .iterations = static_cast<int>(result.iterations.size())};
}

}  // namespace

SinkhornFigures bench_sinkhorn(const BenchProblem& problem) {
    check_bench(problem);
    const auto affinity = normal(problem, problem.seed);
    SinkhornOptions options{
        .temperature = problem.temperature, .max_iterations = problem.iterations, .tolerance = 0};
    SinkhornFigures figures;
    figures.plain = measure(problem, affinity, options);
    options.tolerance = std::max(figures.plain.residual, 1e-6);
    figures.newton = measure(problem, affinity, options);

    const auto solved = sinkhorn(affinity, even_capacities(problem), options);
    const auto later = affinity + kStepChange * normal(problem, problem.seed + 1).sign();
    figures.warm = measure(problem, later, options, solved.g);

    const auto gradient = normal(problem, problem.seed + 2);
    figures.backward_seconds = seconds_of(problem, [&] {
        // One entry is read, so that a GPU is done when the clock stops.
        implicit_plan_gradient(solved.plan, gradient, problem.temperature)[0][0].item();
    });
    return figures;
}

RoundingTimes bench_rounding(const BenchProblem& problem) {
    check_bench(problem);
    const auto affinity = normal(problem, problem.seed);
    const auto capacities = even_capacities(problem);
    const auto solved = sinkhorn(affinity, capacities,
                                 {.temperature = problem.temperature, .max_iterations = problem.iterations});
    const auto prices = solved.g * -problem.temperature;
    RoundingTimes figures;
    at::Tensor owner;
    figures.exact_seconds = seconds_of(problem, [&] { owner = round_exact(affinity, capacities).owner; });
    figures.priced_seconds = seconds_of(problem, [&] { round_exact(affinity, capacities, prices); });
    figures.greedy_seconds = seconds_of(problem, [&] { round_greedy(affinity, capacities); });
    figures.greedy_gap = greedy_gap(affinity, capacities, owner);
    return figures;
}

void to_json(nlohmann::json& json, const BenchProblem& problem) {
    json = {{"neurons", problem.neurons},         {"columns", problem.columns},
            {"temperature", problem.temperature}, {"iterations", problem.iterations},
            {"repeats", problem.repeats},         {"seed", problem.seed}};
}

void to_json(nlohmann::json& json, const SolveFigures& figures) {
    json = {{"seconds", figures.seconds}, {"residual", figures.residual}, {"iterations", figures.iterations}};
}

void to_json(nlohmann::json& json, const SinkhornFigures& figures) {
    json = {{"plain", figures.plain},
            {"newton", figures.newton},
            {"warm", figures.warm},
            {"backward_seconds", figures.backward_seconds}};
}

void to_json(nlohmann::json& json, const RoundingTimes& figures) {
    json = {{"exact_seconds", figures.exact_seconds},
            {"priced_seconds", figures.priced_seconds},
            {"greedy_seconds", figures.greedy_seconds},
            {"greedy_gap", figures.greedy_gap}};
}

}  // namespace dotmoe
