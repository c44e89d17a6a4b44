// The file of a GGUF export.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "export/export_tensors.h"

namespace dotmoe {

/// Writes the file: its shape as llama.cpp's architecture names it, the source's tokenizer, name and licence,
/// and as dotmoe.* the hash of the source and the model card. Throws Error.
void write_gguf(const std::filesystem::path& file, const Model& model, const ExportPlan& plan,
                const std::string& card, const std::string& source_sha256,
                const std::vector<ExportTensor>& tensors);

}  // namespace dotmoe
