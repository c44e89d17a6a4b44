#include "export/receipt.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "export/export.h"
#include "export/verify.h"
#include "toy_conversion.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

struct Exported {
    Exported() : toy(test::with_shared), out(toy.folder.path() / "out") {
        NullSink sink;
        RunControl control;
        export_model({.project = toy.project_path, .source = {}, .out = out}, sink, control);
    }
    test::ToyConversion toy;
    fs::path out;
};

void expect_failed(const fs::path& exported, std::string_view reason) {
    const auto receipt = verify_receipt(exported);
    EXPECT_FALSE(receipt.passed);
    EXPECT_NE(receipt.verdict.find(reason), std::string::npos) << receipt.verdict;
}

TEST(Receipt, ReadsAsItWasWritten) {
    const Exported exported;
    const auto receipt = read_receipt(exported.out);
    EXPECT_EQ(nlohmann::json(receipt), nlohmann::json::parse(read_text_file(exported.out / "receipt.json")));
    EXPECT_TRUE(receipt.passed) << receipt.verdict;
}

// Neither the conversion nor its source is needed.
TEST(Receipt, IsRepeatedAnywhere) {
    const Exported exported;
    const auto elsewhere = exported.toy.folder.path() / "elsewhere";
    fs::rename(exported.out, elsewhere);
    fs::remove_all(exported.toy.project_path);
    fs::remove(exported.toy.model_path);
    const auto receipt = verify_receipt(elsewhere);
    EXPECT_TRUE(receipt.passed) << receipt.verdict;
}

TEST(Receipt, SeesAFileThatChangedIsGoneOrNew) {
    const Exported exported;
    write_file_atomically(exported.out / "extra", "");
    expect_failed(exported.out, "extra is not in the receipt");
    fs::remove(exported.out / "extra");
    const auto card = read_text_file(exported.out / "README.md");
    write_file_atomically(exported.out / "README.md", card + "better than it is\n");
    expect_failed(exported.out, "README.md is not the file of the receipt");
    fs::remove(exported.out / "README.md");
    expect_failed(exported.out, "README.md of the receipt is missing");
}

// As if another build of the reader computed something else on the same files.
TEST(Receipt, SeesAnotherLoss) {
    const Exported exported;
    auto json = nlohmann::json::parse(read_text_file(exported.out / "receipt.json"));
    json["sample_loss"] = json["sample_loss"].get<double>() + 0.1;
    write_file_atomically(exported.out / "receipt.json", json.dump());
    expect_failed(exported.out, "its loss on the receipt's tokens");
}

TEST(Receipt, RefusesWhatIsNone) {
    const Exported exported;
    const auto path = exported.out / "receipt.json";
    auto json = nlohmann::json::parse(read_text_file(path));
    json["sample"] = {5, 1 << 20};
    write_file_atomically(path, json.dump());
    expect_failed(exported.out, "outside the vocabulary");
    json.erase("files");
    write_file_atomically(path, json.dump());
    EXPECT_THROW(verify_receipt(exported.out), Error);
    fs::remove(path);
    EXPECT_THROW(verify_receipt(exported.out), Error);
    EXPECT_THROW(verify_receipt(exported.out / "nowhere"), Error);
}

// Twice the cost of rounding and more is allowed, but never in the routers, which stay F32.
TEST(ExportBounds, GrowWithTheRounding) {
    ExportFigures figures;
    figures.equivalence = "exact";
    const auto exact = export_bounds(figures);
    figures.rounding = RoundingFigures{0.5, 0.25, 0.9, 0.8};
    const auto rounded = export_bounds(figures);
    EXPECT_DOUBLE_EQ(rounded.all_experts, exact.all_experts + 1.5);
    EXPECT_DOUBLE_EQ(rounded.forced, exact.forced + 0.75);
    EXPECT_DOUBLE_EQ(rounded.same_experts, exact.same_experts - 0.3);
    EXPECT_EQ(rounded.router, exact.router);
}

}  // namespace
}  // namespace dotmoe
