// An export read back by a path of its own and compared with what it was made from, or with its receipt.
#pragma once

#include <filesystem>

#include "export/receipt.h"

namespace dotmoe {

/// Reads the export (a Hugging Face folder or a GGUF file) with its own reader and its own forward pass in
/// fp32 (stock_*.h: the arithmetic of the stock architecture as written in its configuration, not ours),
/// compares logits on a fixed text with the conversion and with the dense model, and stores the receipt
/// beside it. A damaged export gives a receipt that did not pass. Throws Error when there is no export, when
/// project or source can't be read or do not belong together.
Receipt verify_export(const std::filesystem::path& exported, const std::filesystem::path& project,
                      const std::filesystem::path& source = {});

/// Without the conversion: the files have the hashes of the receipt, they are whole, and the export's own
/// arithmetic gives the loss on the receipt's tokens again. Returns the receipt, passed and verdict as found
/// now. Throws Error when there is no export, or no receipt.
Receipt verify_receipt(const std::filesystem::path& exported);

}  // namespace dotmoe
