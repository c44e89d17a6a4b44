#include "pipeline/conversion_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "align/checkpoint.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "experts/project.h"
#include "model/stored_model.h"
#include "pipeline/kept_states.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

bool holds_conversions(const fs::path& folder) {
    return std::ranges::any_of(fs::directory_iterator(folder), [](const auto& entry) {
        return is_project(entry.path()) || fs::exists(entry.path() / "checkpoint");
    });
}

/// The figures of a conversion that is there already.
std::optional<Metrics> finished(const ConvertRequest& run) {
    if (!is_project(run.out) || has_checkpoint(folder_of(KeptState::checkpoint, run.out)))
        return std::nullopt;
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

/// Told once the first conversion is done.
std::string time_left(const ProgressMeter& meter) {
    return meter.done() > 0 ? fmt::format("; about {:.0f} minutes left", std::ceil(meter.eta() / 60)) : "";
}

}  // namespace

std::vector<Metrics> convert_missing(std::vector<ConvertRequest> runs,
                                     const std::function<std::string(const Recipe&)>& name,
                                     const ConvertHooks& hooks) {
    for (auto& run : runs) run.recipe = recipe_of_run(run);
    std::vector<std::optional<Metrics>> done;
    done.reserve(runs.size());
    for (const auto& run : runs) done.push_back(finished(run));
    const auto missing = std::ranges::count_if(done, [](const auto& metrics) { return !metrics; });
    ProgressMeter meter(missing);
    std::vector<Metrics> figures;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!done[i]) {
            hooks.events.publish(
                LogLine{LogLevel::info, fmt::format("conversion {} of {}: {}{}", meter.done() + 1, missing,
                                                    name(runs[i].recipe), time_left(meter))});
            auto run = runs[i];
            run.resume = true;
            done[i] = convert(run, hooks);
            meter.set_done(meter.done() + 1);
        }
        figures.push_back(std::move(*done[i]));
    }
    return figures;
}

void keep_to_inputs(const fs::path& folder, const ConvertRequest& conversion, const Recipe& shared) {
    auto text = nlohmann::json::array();
    for (const auto& path : conversion.text) text.push_back(fs::absolute(path).lexically_normal().string());
    const nlohmann::json inputs{
        {"model_sha256", model_sha256(conversion.model)}, {"text", text}, {"recipe", to_toml(shared)}};
    const auto now = inputs.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";

    ensure_writable_directory(folder);
    const auto path = folder / "inputs.json";
    if (!fs::exists(path) || !holds_conversions(folder)) return write_file_atomically(path, now);
    if (read_text_file(path) != now)
        fail_usage("{}: was begun with another model, text or recipe; give another --out", folder.string());
}

}  // namespace dotmoe
