#include "pipeline/compare.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "experts/project.h"
#include "pipeline/kept_answers.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

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
            run.out = request.conversion.out / fmt::format("{}-{}", name_of(method), seed);
            run.resume = true;
            check_recipe(run.recipe);
            runs.push_back(std::move(run));
        }
    return runs;
}

/// What must be one and the same for all conversions of a folder.
std::string shared_inputs(const CompareRequest& request) {
    auto recipe = request.conversion.recipe;
    recipe.method = {};
    recipe.seed = {};
    auto text = nlohmann::json::array();
    for (const auto& path : request.conversion.text)
        text.push_back(fs::absolute(path).lexically_normal().string());
    const nlohmann::json inputs{{"model_sha256", sha256_of_file(request.conversion.model)},
                                {"text", text},
                                {"recipe", to_toml(recipe)}};
    return inputs.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool holds_conversions(const fs::path& folder) {
    return std::ranges::any_of(fs::directory_iterator(folder), [](const auto& entry) {
        return is_project(entry.path()) || fs::exists(entry.path() / "checkpoint");
    });
}

void keep_to_inputs(const fs::path& folder, const std::string& inputs) {
    ensure_writable_directory(folder);
    const auto path = folder / "inputs.json";
    if (!fs::exists(path) || !holds_conversions(folder)) return write_file_atomically(path, inputs);
    if (read_text_file(path) != inputs)
        fail_usage("{}: was begun with another model, text or recipe; give another --out", folder.string());
}

/// The figures of a conversion that is there already.
std::optional<Metrics> finished(const ConvertRequest& run) {
    if (!is_project(run.out)) return std::nullopt;
    if (to_toml(load_project(run.out).recipe) != to_toml(run.recipe))
        fail_usage("{}: holds a conversion by another recipe; remove it, or give another --out",
                   run.out.string());
    const auto path = run.out / "metrics.json";
    try {
        return nlohmann::json::parse(read_text_file(path)).get<Metrics>();
    } catch (const nlohmann::json::exception& error) {
        fail("{}: is damaged ({}); remove the folder to convert again", path.string(), error.what());
    }
}

/// All conversions come from one dense model, so it is asked once.
void ask(const std::vector<ConvertRequest>& runs, const std::vector<Task>& tasks,
         std::vector<MethodRuns>& methods, const ConvertHooks& hooks) {
    if (tasks.empty()) return;
    std::vector<Answers> dense;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& run = runs[i];
        auto figures = kept_answers(run.out, run.model, run.device, tasks, dense, hooks);
        dense.clear();
        for (const auto& task : figures) dense.push_back(task.dense);
        methods[i % methods.size()].tasks.push_back(std::move(figures));
    }
}

/// Told once the first conversion is done.
std::string time_left(const ProgressMeter& meter) {
    return meter.done() > 0 ? fmt::format("; about {:.0f} minutes left", std::ceil(meter.eta() / 60)) : "";
}

}  // namespace

Comparison compare(const CompareRequest& request, const ConvertHooks& hooks) {
    const auto runs = conversions_of(request);
    const auto tasks = read_tasks(request.tasks, request.questions);
    const auto& out = request.conversion.out;
    keep_to_inputs(out, shared_inputs(request));

    std::vector<MethodRuns> methods;
    methods.reserve(request.methods.size());
    for (const auto method : request.methods) methods.push_back({method, {}});
    std::vector<std::optional<Metrics>> done;
    done.reserve(runs.size());
    for (const auto& run : runs) done.push_back(finished(run));
    const auto missing = std::ranges::count_if(done, [](const auto& metrics) { return !metrics; });
    ProgressMeter meter(missing);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& recipe = runs[i].recipe;
        if (!done[i]) {
            hooks.events.publish(LogLine{
                LogLevel::info, fmt::format("conversion {} of {}: {}, seed {}{}", meter.done() + 1, missing,
                                            name_of(recipe.method), recipe.seed, time_left(meter))});
            done[i] = convert(runs[i], hooks);
            meter.set_done(meter.done() + 1);
        }
        methods[i % methods.size()].runs.push_back(*done[i]);
    }
    set_thread_count(request.conversion.threads);  // no conversion may have been left to do
    ask(runs, tasks, methods, hooks);
    auto comparison = compare_runs(request.seeds, methods);
    write_file_atomically(out / "compare.json", nlohmann::json(comparison).dump(2) + "\n");
    write_file_atomically(out / "compare.md", format_markdown(comparison));
    return comparison;
}

}  // namespace dotmoe
