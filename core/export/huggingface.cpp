#include "export/huggingface.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/system.h"
#include "experts/project.h"
#include "export/export_plan.h"
#include "export/json_text.h"
#include "export/model_card.h"
#include "export/staging_folder.h"
#include "export/stock_config_json.h"
#include "export/stock_tensors.h"
#include "export/tokenizer_json.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

void write_json(const fs::path& path, const auto& json) {
    write_file_atomically(path, json_text(json, path.filename().string()));
}

void write_tokenizer(const fs::path& folder, const Model& model) {
    const auto& vocabulary = model.tokenizer->vocabulary();
    write_json(folder / "tokenizer.json", tokenizer_json(vocabulary));
    write_json(folder / "tokenizer_config.json", tokenizer_config_json(vocabulary, model.config.context));
    write_json(folder / "special_tokens_map.json", special_tokens_map_json(vocabulary));
}

// Every tensor is a moment to stop and a step of progress.
void write_weights(const fs::path& path, std::vector<safetensors::TensorToWrite> tensors,
                   const std::string& source_hash, EventSink& events, RunControl& control) {
    ProgressMeter meter(std::ssize(tensors));
    for (auto& tensor : tensors)
        tensor.data = [make = std::move(tensor.data), &meter, &events, &control] {
            control.poll();
            auto bytes = make();
            meter.set_done(meter.done() + 1);
            events.publish(
                Progress{"export", meter.done(), meter.total(), "tensors", meter.rate(), meter.eta()});
            return bytes;
        };
    // "format" is what transformers asks for.
    safetensors::write(path, tensors,
                       {{"format", "pt"},
                        {"generator", fmt::format("dotmoe {}", version())},
                        {"source_sha256", source_hash}});
}

std::int64_t size_of_files(const fs::path& folder) {
    std::int64_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(folder))
        bytes += static_cast<std::int64_t>(entry.file_size());
    return bytes;
}

}  // namespace

ExportResult export_huggingface(const ExportRequest& request, EventSink& events, RunControl& control) {
    const auto project = load_project(request.project);
    const auto moved = request.source.empty() ? std::nullopt : std::optional(request.source);
    StagingFolder folder(request.out);

    control.poll();
    const auto weights = project_weights(request.project, project, moved);
    const auto model = load_model(weights, exact_compute(DeviceChoice::cpu));
    const auto plan = plan_export(*model, project.experts, request.routers);

    write_json(folder.path() / "config.json", config_json(*model, plan));
    write_json(folder.path() / "generation_config.json",
               generation_config_json(model->tokenizer->vocabulary()));
    write_tokenizer(folder.path(), *model);
    write_file_atomically(folder.path() / "README.md",
                          model_card_text(read_model_card(weights, request.project), project, *model, plan));
    write_weights(folder.path() / "model.safetensors", stock_tensors(*model, project.experts, plan),
                  project.source_sha256, events, control);

    ExportResult result{std::string(class_name(plan.architecture)), plan.exact ? "exact" : "approximate",
                        *std::max_element(plan.router_factor.begin(), plan.router_factor.end()),
                        size_of_files(folder.path())};
    folder.commit();
    return result;
}

}  // namespace dotmoe
