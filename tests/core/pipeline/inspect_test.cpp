#include "pipeline/inspect.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "core/pipeline/small_gguf.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

class InspectTest : public ::testing::Test {
  protected:
    void TearDown() override { fs::remove(path_); }
    const fs::path path_ = fs::temp_directory_path() /
                           (std::string("dotmoe-inspect-") +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".gguf");
    test::SmallGguf file_;
};

TEST_F(InspectTest, CountsWhatTheFileHolds) {
    file_.write(path_);
    const auto summary = inspect(path_);
    EXPECT_EQ(summary.refusal, "");
    EXPECT_EQ(summary.format, "GGUF v3");
    EXPECT_EQ(summary.config.neurons, 16);
    EXPECT_EQ(summary.config.kv_heads, 1);
    EXPECT_EQ(summary.ffn_parameters, 3 * 16 * 8);
    EXPECT_EQ(summary.parameters, 2 * 80 + 3 * 8 + 64 + 32 + 32 + 64 + 3 * 16 * 8);
    EXPECT_EQ(summary.file_bytes, static_cast<std::int64_t>(fs::file_size(path_)));
    EXPECT_EQ(summary.tensors.size(), file_.tensors.size());
    EXPECT_EQ(summary.tensors[0].bytes, 80 * 4);
}

TEST_F(InspectTest, AnEncoderIsDescribedAndRefused) {
    file_.architecture = "bert";
    file_.write(path_);
    const auto summary = inspect(path_);
    EXPECT_NE(summary.refusal.find("bert"), std::string::npos) << summary.refusal;
    EXPECT_EQ(summary.config.architecture, "bert");
    EXPECT_EQ(summary.config.layers, 1);
    EXPECT_EQ(summary.config.neurons, 16);
}

TEST_F(InspectTest, AMissingTensorIsNamed) {
    std::erase_if(file_.tensors, [](const auto& tensor) { return tensor.first == "blk.0.ffn_up.weight"; });
    file_.write(path_);
    EXPECT_NE(inspect(path_).refusal.find("blk.0.ffn_up.weight"), std::string::npos);
}

TEST_F(InspectTest, WithoutTensorsItIsNoModel) {
    file_.tensors.clear();
    file_.write(path_);
    EXPECT_THROW(inspect(path_), Error);
}

TEST_F(InspectTest, JsonSaysTheSame) {
    file_.write(path_);
    const nlohmann::json json = inspect(path_);
    EXPECT_EQ(json.at("convertible"), true);
    EXPECT_EQ(json.at("tensors").size(), file_.tensors.size());
    EXPECT_EQ(json.at("tensor_types").at("F32"), file_.tensors.size());
}

}  // namespace
}  // namespace dotmoe
