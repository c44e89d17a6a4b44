#include "pipeline/compare.h"

#include <fmt/format.h>

#include <set>

#include "base/error.h"
#include "base/files.h"
#include "pipeline/conversion_folder.h"
#include "pipeline/kept_answers.h"

namespace dotmoe {
namespace {

template <typename T>
void refuse_repeats(const std::vector<T>& values, std::string_view what) {
    if (values.empty()) fail_usage("no {} to compare; name at least one", what);
    if (std::set<T>(values.begin(), values.end()).size() != values.size())
        fail_usage("the {} to compare name one of them twice", what);
}

/// Seed by seed, so that the methods stay level where a comparison is stopped.
std::vector<ConvertRequest> conversions_of(const CompareRequest& request) {
    refuse_repeats(request.methods, "methods");
    refuse_repeats(request.seeds, "seeds");
    std::vector<ConvertRequest> runs;
    for (const auto seed : request.seeds)
        for (const auto method : request.methods) {
            auto run = request.conversion;
            run.recipe.method = method;
            run.recipe.seed = seed;
            run.recipe.layerwise.random_baseline = false;  // a random split is a method of its own here
            run.out = request.conversion.out / fmt::format("{}-{}", name_of(method), seed);
            check_recipe(run.recipe);
            runs.push_back(std::move(run));
        }
    return runs;
}

Recipe shared_recipe(const CompareRequest& request) {
    auto recipe = request.conversion.recipe;
    recipe.method = {};
    recipe.seed = {};
    return recipe;
}

/// All conversions come from one dense model, so it is asked once.
void ask(const std::vector<ConvertRequest>& runs, const std::vector<Task>& tasks,
         std::vector<MethodRuns>& methods, const ConvertHooks& hooks) {
    if (tasks.empty()) return;
    set_thread_count(runs.front().threads);  // no conversion may have been left to do
    std::vector<Answers> dense;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& run = runs[i];
        auto figures = kept_answers(run.out, run.model, run.device, tasks, dense, hooks);
        dense.clear();
        for (const auto& task : figures) dense.push_back(task.dense);
        methods[i % methods.size()].tasks.push_back(std::move(figures));
    }
}

}  // namespace

Comparison compare(const CompareRequest& request, const ConvertHooks& hooks) {
    const auto runs = conversions_of(request);
    const auto tasks = read_tasks(request.tasks, request.questions);
    const auto& out = request.conversion.out;
    keep_to_inputs(out, request.conversion, shared_recipe(request));

    const auto figures = convert_missing(
        runs,
        [](const Recipe& recipe) { return fmt::format("{}, seed {}", name_of(recipe.method), recipe.seed); },
        hooks);
    std::vector<MethodRuns> methods;
    methods.reserve(request.methods.size());
    for (const auto method : request.methods) methods.push_back({method, {}});
    for (std::size_t i = 0; i < runs.size(); ++i) methods[i % methods.size()].runs.push_back(figures[i]);
    ask(runs, tasks, methods, hooks);

    auto comparison = compare_runs(request.seeds, methods);
    write_file_atomically(out / "compare.json", nlohmann::json(comparison).dump(2) + "\n");
    write_file_atomically(out / "compare.md", format_markdown(comparison));
    return comparison;
}

}  // namespace dotmoe
