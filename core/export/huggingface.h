// The files of a Hugging Face export.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "export/export_tensors.h"

namespace dotmoe {

/// Writes config.json, the weights, the tokenizer files, generation_config.json and README.md (`card`) into
/// the folder. Throws Error.
void write_huggingface(const std::filesystem::path& folder, const Model& model, const ExportPlan& plan,
                       const std::string& card, const std::string& source_sha256,
                       const std::vector<ExportTensor>& tensors);

}  // namespace dotmoe
