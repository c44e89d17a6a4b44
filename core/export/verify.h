// The receipt: an export read back by a path of its own and compared with what it was made from (FORMATS.md, self-check).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace dotmoe {

struct Receipt {
    std::string source_sha256, export_sha256;
    std::string architecture, equivalence;
    double all_experts_difference = 0;   ///< (a) k = E against dense: largest |logit difference|
    double forced_difference = 0;        ///< (b) reference forced to the runtime's own routes
    double same_experts = 0;             ///< (c) share of (token, layer) choices that agree
    std::int64_t exact_ties = 0;         ///< (d) router logits that tie at the k-th place
    bool finite = true;                  ///< (e)
    double bound_all_experts = 0;        ///< 5e-4 for the exact class, 3e-2 for the approximate
    bool passed = false;
    std::string verdict;                 ///< one line for people
};

void to_json(nlohmann::json& json, const Receipt& receipt);

/// Reads the export with its own reader and its own forward pass in fp32 (core/export/stock_*.h: the arithmetic of the stock
/// architecture as written in its config, not ours), compares logits on a fixed text with the conversion and with the dense
/// model, and stores the receipt as receipt.json in the export. Throws Error when something can't be read.
Receipt verify_export(const std::filesystem::path& exported, const std::filesystem::path& project,
                      const std::filesystem::path& source = {});

}  // namespace dotmoe
