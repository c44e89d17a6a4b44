#include "base/error.h"
#include "base/system.h"
#include "export/verify.h"

namespace dotmoe {

ExportBounds export_bounds(const std::string& equivalence) {
    // FORMATS.md: fp32 noise is 1.7e-4 dense and up to 1.4e-3 with k < E. Weights of the approximate class
    // err by 2e-3, which moved logits by up to 0.08, and probabilities rounded to fp32 turned 1 to 2 % of the
    // choices of 24 experts in 96; with all experts on both classes are exact.
    if (equivalence == "exact") return {5e-4, 5e-3, 0.998, 0.985};
    return {5e-4, 0.25, 0.96, 0.9};
}

void to_json(nlohmann::json& json, const Receipt& receipt) {
    const auto& figures = receipt.figures;
    const auto& bounds = receipt.bounds;
    json = {{"passed", receipt.passed},
            {"verdict", receipt.verdict},
            {"architecture", receipt.architecture},
            {"equivalence", figures.equivalence},
            {"tokens", figures.tokens},
            {"weight_error", figures.weight_error},
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
            {"source_sha256", receipt.source_sha256},
            {"export_sha256", receipt.export_sha256},
            {"files", receipt.files},
            {"version", version()}};
}

}  // namespace dotmoe
