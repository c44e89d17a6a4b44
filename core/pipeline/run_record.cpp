#include "pipeline/run_record.h"

#include "align/checkpoint.h"
#include "base/files.h"
#include "experts/project.h"
#include "pipeline/fingerprint.h"
#include "pipeline/kept_states.h"

namespace dotmoe {
namespace {

void take_quality(RunRecord& run, const Metrics& metrics) {
    const std::pair<const char*, const std::optional<Quality>&> latest_first[] = {
        {"converted", metrics.converted},
        {"fitted", metrics.fitted},
        {"aligned", metrics.aligned},
        {"layerwise", metrics.layerwise},
    };
    for (const auto& [stage, quality] : latest_first)
        if (quality) {
            run.quality = quality;
            run.stage = stage;
            return;
        }
}

void read_finished(RunRecord& run) {
    const auto project = peek_project(run.folder);
    const auto metrics = nlohmann::json::parse(read_text_file(run.folder / "metrics.json")).get<Metrics>();
    run.finished = true;
    run.recipe = project.recipe;
    run.step = training_steps(project.recipe);
    run.source = project.source;
    run.parent = metrics.parent;
    take_quality(run, metrics);
}

void read_unfinished(RunRecord& run, const Checkpoint& checkpoint) {
    const auto stages = checkpoint.notes.at("stages").get<Metrics>();
    run.recipe = recipe_of(checkpoint.fingerprint);
    checkpoint.notes.at("step").get_to(run.step);
    run.parent = stages.parent;
    take_quality(run, stages);
}

}  // namespace

std::optional<RunRecord> read_run(const std::filesystem::path& folder) {
    RunRecord run{.folder = std::filesystem::absolute(folder).lexically_normal()};
    try {
        if (const auto checkpoint = peek_checkpoint(folder_of(KeptState::checkpoint, folder)))
            read_unfinished(run, *checkpoint);
        else if (is_project(folder))
            read_finished(run);
        else
            return std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
    return run;
}

}  // namespace dotmoe
