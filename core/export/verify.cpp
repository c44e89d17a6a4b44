#include "export/verify.h"

#include <cmath>

#include "base/error.h"
#include "experts/project.h"
#include "export/self_check.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

// Another machine sums in another order, and a route may flip on it.
constexpr double loss_tolerance = 1e-2;

void check_there(const fs::path& exported) {
    if (!fs::exists(exported)) fail("{}: there is no export", exported.string());
    if (fs::is_directory(exported) && !fs::is_regular_file(exported / "config.json"))
        fail("{}: is no Hugging Face export: it has no config.json", exported.string());
}

/// Throws Error naming the first file that is another than the receipt's.
void check_files(const fs::path& exported, const std::map<std::string, std::string>& expected) {
    const auto found = hashes_of(exported);
    for (const auto& [name, hash] : expected)
        if (const auto file = found.find(name); file == found.end())
            fail("{}: {} of the receipt is missing", exported.string(), name);
        else if (file->second != hash)
            fail("{}: {} is not the file of the receipt: its SHA-256 is {}", exported.string(), name,
                 file->second);
    for (const auto& [name, hash] : found)
        if (!expected.contains(name)) fail("{}: {} is not in the receipt", exported.string(), name);
}

at::Tensor sample_of(const Receipt& receipt, const StockConfig& config, const fs::path& exported) {
    const auto& ids = receipt.figures.sample;
    for (const auto id : ids)
        if (id < 0 || id >= config.vocabulary)
            fail("{}: token {} is outside the vocabulary of {}", receipt_path(exported).string(), id,
                 config.vocabulary);
    if (ids.size() < 2) fail("{}: holds no tokens to compare on", receipt_path(exported).string());
    return at::tensor(ids, at::kLong);
}

/// Empty when the export is what its receipt says.
std::string fault_against(const Receipt& receipt, const fs::path& exported) {
    try {
        check_files(exported, receipt.files);
        const StockModel stock(exported);
        const auto tokens = sample_of(receipt, stock.config(), exported);
        const auto loss = next_token_loss(stock.forward(tokens, stock.as_exported()).logits, tokens);
        if (!(std::abs(loss - receipt.figures.sample_loss) <= loss_tolerance))
            return fmt::format("its loss on the receipt's tokens is {:.4f} and was {:.4f}", loss,
                               receipt.figures.sample_loss);
        return receipt.passed ? "" : "its receipt says: " + receipt.verdict;
    } catch (const Error& error) {
        return error.what();
    }
}

}  // namespace

Receipt verify_export(const fs::path& exported, const fs::path& project_folder,
                      const fs::path& source_or_empty) {
    check_there(exported);
    const auto project = load_project(project_folder);
    const auto weights = project_weights(
        project_folder, project, source_or_empty.empty() ? std::nullopt : std::optional(source_or_empty));
    const auto dense = stream_model(weights, exact_compute(DeviceChoice::cpu));
    const auto receipt = self_check(exported, *dense, project.experts, project.source_sha256);
    write_receipt(exported, receipt);
    return receipt;
}

Receipt verify_receipt(const fs::path& exported) {
    check_there(exported);
    auto receipt = read_receipt(exported);
    const auto fault = fault_against(receipt, exported);
    receipt.passed = fault.empty();
    receipt.verdict =
        receipt.passed ? "unchanged since it was compared with its conversion: " + receipt.verdict : fault;
    return receipt;
}

}  // namespace dotmoe
