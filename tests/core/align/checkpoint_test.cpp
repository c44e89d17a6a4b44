#include "align/checkpoint.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

class CheckpointTest : public ::testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() /
        (std::string("dotmoe-checkpoint-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(CheckpointTest, ComesBackAsItWas) {
    const auto tensor = at::randn({3, 4});
    save_checkpoint(folder_,
                    {"print", {{"step", 7}}, {{"a", tensor}, {"b.step", at::full({1}, 9, at::kLong)}}});
    const auto back = load_checkpoint(folder_, "print");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->notes.at("step"), 7);
    EXPECT_TRUE(at::equal(back->tensors.at("a"), tensor));
    EXPECT_EQ(back->tensors.at("b.step").item<std::int64_t>(), 9);
    remove_checkpoint(folder_);
    EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(CheckpointTest, NoneIsNoError) {
    EXPECT_FALSE(load_checkpoint(folder_, "print"));
}

TEST_F(CheckpointTest, AnotherRecipesOrADamagedOneIsRefused) {
    save_checkpoint(folder_, {"print", {}, {{"a", at::ones({2})}}});
    EXPECT_THROW(load_checkpoint(folder_, "another"), Error);
    write_file_atomically(folder_ / "state.safetensors", "no safetensors at all");
    EXPECT_THROW(load_checkpoint(folder_, "print"), Error);
}

}  // namespace
}  // namespace dotmoe
