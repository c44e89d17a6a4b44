#include "export/receipt.h"

#include "base/error.h"
#include "base/files.h"
#include "base/system.h"
#include "export/json_text.h"

namespace dotmoe {

ExportBounds export_bounds(const ExportFigures& figures) {
    // FORMATS.md: fp32 noise is 1.7e-4 dense and up to 1.4e-3 with k < E. Weights of the approximate class
    // err by 2e-3, which moved logits by up to 0.08, and probabilities rounded to fp32 turned 1 to 2 % of the
    // choices of 24 experts in 96; with all experts on both classes are exact.
    const bool exact = figures.equivalence == "exact";
    ExportBounds bounds =
        exact ? ExportBounds{1e-5, 5e-4, 5e-3, 0.998, 0.985} : ExportBounds{1e-5, 5e-4, 0.25, 0.96, 0.9};
    if (figures.rounding) {
        // k w rounds elsewhere than w, blocks hold other neurons, and near-ties that the two of them turn are
        // not the same: as far again, and once more. Routers are F32, so their own bound stays.
        constexpr double again = 3;
        const auto& rounding = *figures.rounding;
        bounds.all_experts += again * rounding.all_experts_difference;
        bounds.forced += again * rounding.forced_difference;
        bounds.same_experts -= again * (1 - rounding.same_experts);
        bounds.same_experts_worst -= again * (1 - rounding.same_experts_worst);
    }
    return bounds;
}

void to_json(nlohmann::json& json, const Receipt& receipt) {
    const auto& figures = receipt.figures;
    const auto& bounds = receipt.bounds;
    json = {{"passed", receipt.passed},
            {"verdict", receipt.verdict},
            {"architecture", receipt.architecture},
            {"equivalence", figures.equivalence},
            {"numbers", figures.numbers},
            {"weight_error", figures.weight_error},
            {"router_error", figures.router_error},
            {"bound_router", bounds.router},
            {"all_experts_difference", figures.all_experts_difference},
            {"bound_all_experts", bounds.all_experts},
            {"forced_difference", figures.forced_difference},
            {"bound_forced", bounds.forced},
            {"same_experts", figures.same_experts},
            {"bound_same_experts", bounds.same_experts},
            {"same_experts_worst", figures.same_experts_worst},
            {"bound_same_experts_worst", bounds.same_experts_worst},
            {"exact_ties", figures.exact_ties},
            {"finite", figures.finite},
            {"kl", figures.kl},
            {"tokens", figures.sample.size()},
            {"sample", figures.sample},
            {"sample_loss", figures.sample_loss},
            {"source_sha256", receipt.source_sha256},
            {"export_sha256", receipt.export_sha256},
            {"files", receipt.files},
            {"version", version()}};
    if (figures.rounding)
        json["rounding"] = {{"all_experts_difference", figures.rounding->all_experts_difference},
                            {"forced_difference", figures.rounding->forced_difference},
                            {"same_experts", figures.rounding->same_experts},
                            {"same_experts_worst", figures.rounding->same_experts_worst}};
}

std::filesystem::path receipt_path(const std::filesystem::path& exported) {
    if (std::filesystem::is_directory(exported)) return exported / "receipt.json";
    auto path = exported;
    path += ".receipt.json";
    return path;
}

void write_receipt(const std::filesystem::path& exported, const Receipt& receipt) {
    const auto path = receipt_path(exported);
    write_file_atomically(path, json_text(nlohmann::json(receipt), path.filename().string()));
}

Receipt read_receipt(const std::filesystem::path& exported) {
    const auto path = receipt_path(exported);
    if (!std::filesystem::is_regular_file(path))
        fail("{}: there is no receipt; name the conversion it was made from (--against DIR)", path.string());
    Receipt receipt;
    auto& figures = receipt.figures;
    auto& bounds = receipt.bounds;
    try {
        const auto json = nlohmann::json::parse(read_text_file(path));
        json.at("passed").get_to(receipt.passed);
        json.at("verdict").get_to(receipt.verdict);
        json.at("architecture").get_to(receipt.architecture);
        json.at("source_sha256").get_to(receipt.source_sha256);
        json.at("export_sha256").get_to(receipt.export_sha256);
        json.at("files").get_to(receipt.files);
        json.at("equivalence").get_to(figures.equivalence);
        json.at("numbers").get_to(figures.numbers);
        json.at("weight_error").get_to(figures.weight_error);
        json.at("router_error").get_to(figures.router_error);
        json.at("bound_router").get_to(bounds.router);
        json.at("all_experts_difference").get_to(figures.all_experts_difference);
        json.at("forced_difference").get_to(figures.forced_difference);
        json.at("same_experts").get_to(figures.same_experts);
        json.at("same_experts_worst").get_to(figures.same_experts_worst);
        json.at("exact_ties").get_to(figures.exact_ties);
        json.at("finite").get_to(figures.finite);
        json.at("kl").get_to(figures.kl);
        json.at("sample").get_to(figures.sample);
        json.at("sample_loss").get_to(figures.sample_loss);
        json.at("bound_all_experts").get_to(bounds.all_experts);
        json.at("bound_forced").get_to(bounds.forced);
        json.at("bound_same_experts").get_to(bounds.same_experts);
        json.at("bound_same_experts_worst").get_to(bounds.same_experts_worst);
        if (json.contains("rounding")) {
            auto& rounding = figures.rounding.emplace();
            json["rounding"].at("all_experts_difference").get_to(rounding.all_experts_difference);
            json["rounding"].at("forced_difference").get_to(rounding.forced_difference);
            json["rounding"].at("same_experts").get_to(rounding.same_experts);
            json["rounding"].at("same_experts_worst").get_to(rounding.same_experts_worst);
        }
    } catch (const nlohmann::json::exception&) {
        fail("{}: is no receipt of this version; make it again (dotmoe verify --against DIR)", path.string());
    }
    return receipt;
}

}  // namespace dotmoe
