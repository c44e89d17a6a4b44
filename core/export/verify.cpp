#include "export/verify.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"
#include "experts/project.h"
#include "export/compare.h"
#include "export/json_text.h"
#include "export/tokenizer_check.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

constexpr auto receipt_file = "receipt.json";

std::map<std::string, std::string> hashes(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().filename() != receipt_file)
            files[entry.path().filename().string()] = sha256_of_file(entry.path());
    return files;
}

/// Empty when all is well. Written so that a NaN fails.
std::string first_fault(const ExportFigures& figures, const ExportBounds& bounds) {
    if (!figures.finite) return "its logits hold values that are not finite";
    if (!(figures.all_experts_difference <= bounds.all_experts))
        return fmt::format(
            "with all experts on its logits differ from the dense model's by {:.2g} (bound {:.2g})",
            figures.all_experts_difference, bounds.all_experts);
    if (!(figures.forced_difference <= bounds.forced))
        return fmt::format(
            "on the same routes its logits differ from the conversion's by {:.2g} (bound {:.2g})",
            figures.forced_difference, bounds.forced);
    if (!(figures.same_experts >= bounds.same_experts))
        return fmt::format("only {:.2f} % of its routes are the conversion's (bound {:.2f} %)",
                           100 * figures.same_experts, 100 * bounds.same_experts);
    if (!(figures.same_experts_worst >= bounds.same_experts_worst))
        return fmt::format("in one layer only {:.2f} % of its routes are the conversion's (bound {:.2f} %)",
                           100 * figures.same_experts_worst, 100 * bounds.same_experts_worst);
    return {};
}

std::string praise(const ExportFigures& figures) {
    return fmt::format(
        "all experts on differ from dense by {:.2g}, own routes from the conversion by {:.2g}, {:.2f} % of "
        "the "
        "routes agree ({}, {} tokens)",
        figures.all_experts_difference, figures.forced_difference, 100 * figures.same_experts,
        figures.equivalence, figures.tokens);
}

/// Fills the receipt from the export's files and returns what is wrong with them.
std::string examine(const fs::path& exported, const Model& dense, const ExpertSet& experts,
                    Receipt& receipt) {
    try {
        const StockModel stock(exported);
        receipt.architecture = stock.config().architecture;
        check_tokenizer_file(exported / "tokenizer.json", dense.tokenizer->vocabulary());
        receipt.figures = compare_export(stock, dense, experts);
        receipt.bounds = export_bounds(receipt.figures.equivalence);
        return first_fault(receipt.figures, receipt.bounds);
    } catch (const Error& error) {
        return error.what();
    }
}

}  // namespace

Receipt verify_export(const fs::path& exported, const fs::path& project_folder,
                      const fs::path& source_or_empty) {
    if (!fs::is_regular_file(exported / "config.json"))
        fail("{}: is no Hugging Face export: it has no config.json", exported.string());
    const auto project = load_project(project_folder);
    const auto weights = project_weights(
        project_folder, project, source_or_empty.empty() ? std::nullopt : std::optional(source_or_empty));
    Receipt receipt;
    receipt.source_sha256 = project.source_sha256;
    receipt.files = hashes(exported);
    receipt.export_sha256 = receipt.files["model.safetensors"];

    const auto dense = load_model(weights, exact_compute(DeviceChoice::cpu));
    const auto fault = examine(exported, *dense, project.experts, receipt);
    receipt.passed = fault.empty();
    receipt.verdict = receipt.passed ? praise(receipt.figures) : fault;
    write_file_atomically(exported / receipt_file, json_text(nlohmann::json(receipt), receipt_file));
    return receipt;
}

}  // namespace dotmoe
