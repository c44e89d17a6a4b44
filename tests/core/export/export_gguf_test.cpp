#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/files.h"
#include "export/export.h"
#include "export/verify.h"
#include "formats/gguf.h"
#include "toy_conversion.h"

namespace dotmoe::export_gguf_test {
namespace {

namespace fs = std::filesystem;
using test::ToyConversion;

struct Case {
    Layout layout;
    const char* architecture;
    NumberFormat numbers = NumberFormat::f32;
    const char* equivalence = "exact";
};

ExportResult write(const ToyConversion& toy, const fs::path& out, const Case& how) {
    NullSink sink;
    RunControl control;
    return export_model({.project = toy.project_path,
                         .source = {},
                         .out = out,
                         .format = ExportFormat::gguf,
                         .architecture = how.architecture,
                         .numbers = how.numbers},
                        sink, control);
}

// The reader that checks it takes names, metadata and order of rotation from llama.cpp, not from the writer.
TEST(ExportGguf, PassesItsCheckInEveryArchitectureAndFormat) {
    for (const auto& how :
         {Case{test::with_shared, "glm4moe"}, Case{test::without_shared, "glm4moe"},
          Case{test::without_shared, "llama", NumberFormat::f32, "approximate"},
          Case{test::with_shared, "granitemoe", NumberFormat::f32, "approximate"},
          Case{test::with_shared, "glm4moe", NumberFormat::f16},
          Case{test::with_shared, "glm4moe", NumberFormat::bf16},
          Case{test::with_shared, "glm4moe", NumberFormat::q8_0}, Case{{6, 1, 0}, "llama"}}) {
        const ToyConversion toy(how.layout);
        const auto out = toy.folder.path() / "out.gguf";
        const auto result = write(toy, out, how);
        EXPECT_EQ(result.architecture, how.architecture);
        EXPECT_EQ(result.equivalence, how.equivalence);
        const auto receipt = verify_receipt(out);
        EXPECT_TRUE(receipt.passed) << receipt.verdict;
        EXPECT_EQ(receipt.figures.equivalence, how.equivalence);
        EXPECT_LT(receipt.figures.router_error, 1e-6);
        EXPECT_EQ(receipt.figures.rounding.has_value(), how.numbers != NumberFormat::f32);
    }
}

TEST(ExportGguf, RowsThatDoNotDivideStayF16AndAreSaid) {
    const ToyConversion toy(test::with_shared);
    const auto out = toy.folder.path() / "out.gguf";
    const auto result = write(toy, out, {test::with_shared, "glm4moe", NumberFormat::q8_0});
    EXPECT_NE(result.note.find("rows of 8"), std::string::npos) << result.note;
    const gguf::File file(out);
    EXPECT_EQ(file.at("blk.0.ffn_down_exps.weight").type, gguf::TensorType::F16);
    EXPECT_EQ(file.at("blk.0.ffn_up_exps.weight").type, gguf::TensorType::Q8_0);
    EXPECT_EQ(file.at("blk.0.ffn_gate_inp.weight").type, gguf::TensorType::F32);
    EXPECT_EQ(file.at("blk.0.attn_norm.weight").type, gguf::TensorType::F32);
}

TEST(ExportGguf, CarriesTokenizerAndCard) {
    const ToyConversion toy(test::with_shared);
    const auto out = toy.folder.path() / "out.gguf";
    write(toy, out, {test::with_shared, "glm4moe"});
    const gguf::File source(toy.model_path), file(out);
    for (const auto& [key, value] : source.metadata()) {
        if (!key.starts_with("tokenizer.")) continue;
        EXPECT_EQ(file.metadata().at(key), value) << key;
    }
    EXPECT_EQ(file.require<std::string>("general.name"), "Toy");
    EXPECT_NE(file.require<std::string>("dotmoe.model_card").find("5 of 8 neurons"), std::string::npos);
}

TEST(ExportGguf, NeverOverwritesAndLeavesNothing) {
    const ToyConversion toy(test::with_shared);
    const auto out = toy.folder.path() / "out.gguf";
    write_file_atomically(out, "mine");
    EXPECT_THROW(write(toy, out, {test::with_shared, "glm4moe"}), Error);
    EXPECT_EQ(read_text_file(out), "mine");
    EXPECT_THROW(write(toy, toy.folder.path() / "new/deep.gguf", {test::with_shared, "llama"}), Error);
    EXPECT_FALSE(fs::exists(toy.folder.path() / "new"));
}

}  // namespace
}  // namespace dotmoe::export_gguf_test
