// The receipt: an export read back by a path of its own and compared with what it was made from (FORMATS.md,
// self-check).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace dotmoe {

/// Figures of the comparison. Differences are the largest absolute ones between logits, on sample_tokens().
struct ExportFigures {
    std::string equivalence;  ///< "exact" or "approximate", from weight_error
    std::int64_t tokens = 0;  ///< compared
    double weight_error =
        0;  ///< largest |k w - W| of a selected expert's weight w, W by the conversion's rule
    double all_experts_difference = 0;  ///< (a) k = E against dense
    double forced_difference = 0;       ///< (b) the conversion forced to the export's own routes
    double same_experts = 0;            ///< (c) share of (token, layer) choices that agree
    double same_experts_worst = 0;      ///< the same of the worst layer: one bad router in many shows here
    std::int64_t exact_ties = 0;        ///< (d) choices whose k-th and next best expert tie
    bool finite = true;                 ///< (e) logits; weights are checked when they are read
};

/// What the figures must keep to.
struct ExportBounds {
    double all_experts = 0, forced = 0;               ///< largest differences allowed
    double same_experts = 0, same_experts_worst = 0;  ///< least shares allowed
};

/// Bounds of FORMATS.md's class; "exact" or "approximate".
ExportBounds export_bounds(const std::string& equivalence);

struct Receipt {
    std::string source_sha256, export_sha256;  ///< of the source model and of model.safetensors
    std::map<std::string, std::string> files;  ///< SHA-256 of every file of the export
    std::string architecture;
    ExportFigures figures;
    ExportBounds bounds;
    bool passed = false;
    std::string verdict;  ///< one line for people: the figures, or the first thing that is wrong
};

void to_json(nlohmann::json& json, const Receipt& receipt);

/// Reads the export with its own reader and its own forward pass in fp32 (stock_*.h: the arithmetic of the
/// stock architecture as written in its config, not ours), compares logits on a fixed text with the
/// conversion and with the dense model, and stores the receipt as receipt.json in the export. A damaged
/// export gives a receipt that did not pass. Throws Error when there is no export, when project or source
/// can't be read or do not belong together.
Receipt verify_export(const std::filesystem::path& exported, const std::filesystem::path& project,
                      const std::filesystem::path& source = {});

}  // namespace dotmoe
