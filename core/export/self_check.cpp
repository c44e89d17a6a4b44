#include "export/self_check.h"

#include "base/error.h"
#include "base/sha256.h"
#include "export/compare.h"
#include "export/tokenizer_check.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

/// Empty when all is well. Written so that a NaN fails.
std::string first_fault(const ExportFigures& figures, const ExportBounds& bounds) {
    if (!figures.finite) return "its logits hold values that are not finite";
    if (!(figures.router_error <= bounds.router))
        return fmt::format("a router differs from the conversion's by {:.2g} of its norm (bound {:.2g})",
                           figures.router_error, bounds.router);
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
    auto text = fmt::format(
        "all experts on differ from dense by {:.2g}, own routes from the conversion by {:.2g}, {:.2f} % of "
        "the routes agree ({}, {} tokens)",
        figures.all_experts_difference, figures.forced_difference, 100 * figures.same_experts,
        figures.equivalence, figures.sample.size());
    if (figures.rounding)
        text += fmt::format(
            "; rounding to {} alone would cost {:.2g}, {:.2g} and {:.2f} %; KL to the conversion {:.2g}",
            figures.numbers, figures.rounding->all_experts_difference, figures.rounding->forced_difference,
            100 * figures.rounding->same_experts, figures.kl);
    return text;
}

/// Fills the receipt from the export's files and returns what is wrong with them.
std::string examine(const fs::path& exported, const Model& dense, const ExpertSet& experts,
                    const std::function<void()>& before_pass, Receipt& receipt) {
    try {
        const StockModel stock(exported);
        receipt.architecture = stock.config().architecture;
        check_tokenizer(exported, dense.tokenizer->vocabulary());
        receipt.figures = compare_export(stock, dense, experts, before_pass);
        receipt.bounds = export_bounds(receipt.figures);
        return first_fault(receipt.figures, receipt.bounds);
    } catch (const Error& error) {
        return error.what();
    }
}

/// Of the one file there is, or of the list that sha256sum would print.
std::string hash_of_all(const std::map<std::string, std::string>& files) {
    if (files.size() == 1) return files.begin()->second;
    std::string list;
    for (const auto& [name, hash] : files) list += fmt::format("{}  {}\n", hash, name);
    return sha256_hex(std::as_bytes(std::span(list)));
}

}  // namespace

std::map<std::string, std::string> hashes_of(const fs::path& exported) {
    if (!fs::is_directory(exported)) return {{exported.filename().string(), sha256_of_file(exported)}};
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(exported))
        if (entry.is_regular_file() && entry.path() != receipt_path(exported))
            files[entry.path().filename().string()] = sha256_of_file(entry.path());
    return files;
}

std::int64_t self_check_passes(NumberFormat numbers) {
    return numbers == NumberFormat::f32 ? 5 : 8;
}

Receipt self_check(const fs::path& exported, const Model& dense, const ExpertSet& experts,
                   const std::string& source_sha256, const std::function<void()>& before_pass) {
    Receipt receipt;
    receipt.source_sha256 = source_sha256;
    receipt.files = hashes_of(exported);
    receipt.export_sha256 = hash_of_all(receipt.files);
    const auto fault = examine(exported, dense, experts, before_pass, receipt);
    receipt.passed = fault.empty();
    receipt.verdict = receipt.passed ? praise(receipt.figures) : fault;
    return receipt;
}

}  // namespace dotmoe
