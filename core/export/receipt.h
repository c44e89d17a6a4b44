// What is known of an export: hashes, and the figures of its self-check (FORMATS.md). No torch in this
// header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dotmoe {

/// The same comparisons for the conversion itself with its weights rounded to the export's number format:
/// what the format costs whoever writes it.
struct RoundingFigures {
    double all_experts_difference = 0, forced_difference = 0, same_experts = 0, same_experts_worst = 0;
};

/// Figures of the comparison. Differences are the largest absolute ones between logits, on sample_tokens().
struct ExportFigures {
    std::string equivalence;  ///< "exact" or "approximate", from weight_error
    std::string numbers;      ///< the coarsest number format in it: "F32", "Q8_0"
    double weight_error =
        0;  ///< largest |k w - W| of a selected expert's weight w, W by the conversion's rule
    double router_error = 0;            ///< largest |r / |r| - W_r / |W_r||, r the export's router of a layer
    double all_experts_difference = 0;  ///< (a) k = E against dense
    double forced_difference = 0;       ///< (b) the conversion forced to the export's own routes
    double same_experts = 0;            ///< (c) share of (token, layer) choices that agree
    double same_experts_worst = 0;      ///< the same of the worst layer: one bad router in many shows here
    std::int64_t exact_ties = 0;        ///< (d) choices whose k-th and next best expert tie
    bool finite = true;                 ///< (e) logits; weights are checked when they are read
    double kl = 0;  ///< mean KL of the conversion's next tokens from the export's, in nats
    std::optional<RoundingFigures> rounding;  ///< none in F32
    std::vector<std::int64_t> sample;         ///< the tokens compared on
    double sample_loss = 0;                   ///< the export's mean -log p of their next tokens, in nats
};

/// What the figures must keep to.
struct ExportBounds {
    double router = 0, all_experts = 0, forced = 0;   ///< largest differences allowed
    double same_experts = 0, same_experts_worst = 0;  ///< least shares allowed
};

/// Bounds of FORMATS.md's class, and some times what rounding costs by itself.
ExportBounds export_bounds(const ExportFigures& figures);

struct Receipt {
    std::string source_sha256, export_sha256;  ///< of the source model, and of all files (their names and
                                               ///< hashes) or of the one there is
    std::map<std::string, std::string> files;  ///< SHA-256 of every file of the export
    std::string architecture;
    ExportFigures figures;
    ExportBounds bounds;
    bool passed = false;
    std::string verdict;  ///< one line for people: the figures, or the first thing that is wrong
};

void to_json(nlohmann::json& json, const Receipt& receipt);

/// Where the receipt of an export lies: receipt.json in its folder, or FILE.receipt.json.
std::filesystem::path receipt_path(const std::filesystem::path& exported);

void write_receipt(const std::filesystem::path& exported, const Receipt& receipt);

/// Untrusted input. Throws Error when there is none, or naming what is wrong with it.
Receipt read_receipt(const std::filesystem::path& exported);

}  // namespace dotmoe
