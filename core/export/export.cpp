#include "export/export.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/progress.h"
#include "experts/project.h"
#include "export/export_tensors.h"
#include "export/gguf_file.h"
#include "export/huggingface.h"
#include "export/model_card.h"
#include "export/self_check.h"
#include "export/staging_folder.h"
#include "formats/gguf_types.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

/// Every tensor is a moment to stop and a step of progress. The meter must outlive the tensors.
void watch(std::vector<ExportTensor>& tensors, ProgressMeter& meter, EventSink& events, RunControl& control) {
    for (auto& tensor : tensors)
        tensor.make = [make = std::move(tensor.make), &meter, &events, &control] {
            control.poll();
            auto values = make();
            meter.set_done(meter.done() + 1);
            events.publish(
                Progress{"export", meter.done(), meter.total(), "tensors", meter.rate(), meter.eta()});
            return values;
        };
}

/// Says which matrices could not be written in the number format.
std::string note_on(const std::vector<ExportTensor>& tensors, NumberFormat numbers) {
    if (!in_blocks(numbers)) return {};
    std::int64_t wider = 0, row = 0;
    const auto asked = numbers == NumberFormat::q8_0 ? gguf::TensorType::Q8_0 : gguf::TensorType::Q4_K;
    std::set<std::string_view> instead;
    for (const auto& tensor : tensors) {
        const auto type = stored_type(tensor, numbers);
        if (tensor.full_precision || type == asked) continue;
        ++wider;
        row = tensor.shape.back();
        instead.insert(gguf::type_name(type));
    }
    if (wider == 0) return {};
    return fmt::format("{} of {} tensors are {}: rows of {} do not divide into {}'s blocks of {}", wider,
                       tensors.size(), fmt::join(instead, " and "), row, gguf::type_name(asked),
                       gguf::block_of(asked).elements);
}

std::int64_t size_of_files(const fs::path& folder) {
    std::int64_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(folder))
        bytes += static_cast<std::int64_t>(entry.file_size());
    return bytes;
}

/// Weights and routers are right, and what misses its bound is what weights near 1 do to this model: nothing
/// that another export of the class would mend.
bool only_approximate(const Receipt& receipt) {
    const auto& figures = receipt.figures;
    return figures.equivalence == "approximate" && figures.finite &&
           figures.router_error <= receipt.bounds.router &&
           figures.all_experts_difference <= receipt.bounds.all_experts;
}

/// The receipt of an export that is right; every forward pass is a moment to stop and a step of progress.
Receipt checked(const fs::path& staged, const Model& model, const Project& project, NumberFormat numbers,
                EventSink& events, RunControl& control) {
    ProgressMeter meter(self_check_passes(numbers));
    const auto tell = [&](std::int64_t done) {
        meter.set_done(done);
        events.publish(Progress{"check", meter.done(), meter.total(), "passes", meter.rate(), meter.eta()});
    };
    std::int64_t begun = 0;
    const auto before_pass = [&] {
        control.poll();
        tell(begun++);
    };
    auto receipt = self_check(staged, model, project.experts, project.source_sha256, before_pass);
    tell(meter.total());
    if (!receipt.passed && !only_approximate(receipt))
        fail("the export does not pass its own check, and nothing was written: {}", receipt.verdict);
    return receipt;
}

}  // namespace

ExportResult export_model(const ExportRequest& request, EventSink& events, RunControl& control) {
    const auto project = load_project(request.project);
    const auto moved = request.source.empty() ? std::nullopt : std::optional(request.source);
    const bool one_file = request.format == ExportFormat::gguf;
    StagingFolder staging(request.out, one_file ? StagingTarget::file : StagingTarget::folder);

    control.poll();
    const auto weights = project_weights(request.project, project, moved);
    const auto model = stream_model(weights, exact_compute(DeviceChoice::cpu));
    const auto plan = plan_export(*model, project.experts, request);
    const auto card = model_card_text(read_model_card(weights, request.project), project, *model, plan);
    auto tensors = export_tensors(*model, project.experts, plan);
    const auto note = note_on(tensors, plan.numbers);
    ProgressMeter meter(std::ssize(tensors));
    watch(tensors, meter, events, control);
    const auto staged = one_file ? staging.path() / request.out.filename() : staging.path();
    if (one_file)
        write_gguf(staged, *model, plan, card, project.source_sha256, tensors);
    else
        write_huggingface(staging.path(), *model, plan, card, project.source_sha256, tensors);

    std::string shortfall;
    if (request.check) {
        const auto receipt = checked(staged, *model, project, plan.numbers, events, control);
        write_receipt(staged, receipt);
        if (!receipt.passed) shortfall = "its receipt does not pass: " + receipt.verdict;
    }
    ExportResult result{
        std::string(plan.architecture->class_name),
        plan.reason,
        plan.exact ? "exact" : "approximate",
        *std::max_element(plan.router_factor.begin(), plan.router_factor.end()),
        size_of_files(staging.path()),
        fmt::format("{}{}{}", note, note.empty() || shortfall.empty() ? "" : "; ", shortfall)};
    staging.commit();
    return result;
}

}  // namespace dotmoe
