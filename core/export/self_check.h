// The check that makes a receipt, on models that are loaded.
#pragma once

#include <functional>

#include "experts/expert_set.h"
#include "export/export.h"
#include "export/receipt.h"
#include "export/stock_model.h"
#include "model/load.h"

namespace dotmoe {

/// SHA-256 of every file of an export but its receipt: of a folder's files, or of the one.
std::map<std::string, std::string> hashes_of(const std::filesystem::path& exported);

/// Forward passes that self_check() makes.
std::int64_t self_check_passes(NumberFormat numbers);

/// Hashes, figures, bounds and verdict. What is wrong with the export is the receipt's verdict. `before_pass`
/// is called before each forward pass: it may throw to stop.
Receipt self_check(
    const std::filesystem::path& exported, const Model& dense, const ExpertSet& experts,
    const std::string& source_sha256, const std::function<void()>& before_pass = [] {});

}  // namespace dotmoe
