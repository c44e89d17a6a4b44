#include "pipeline/compare.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

struct CompareTest : ::testing::Test {
    CompareTest() {
        request.conversion.model = folder.path() / "model.gguf";
        request.conversion.out = folder.path() / "out";
        request.conversion.recipe = preset("toy");
        request.methods = {Method::transport, Method::random};
        request.seeds = {0, 1};
        write_file_atomically(request.conversion.model, "not a model");
    }
    void expect_refused() {
        EXPECT_THROW(compare(request, {sink, control}), UsageError);
        EXPECT_FALSE(std::filesystem::exists(request.conversion.out / "transport-0"));
    }
    TemporaryFolder folder;
    CompareRequest request;
    NullSink sink;
    RunControl control;
};

TEST_F(CompareTest, RefusesNothingAndTheSameTwice) {
    request.methods = {};
    expect_refused();
    request.methods = {Method::random, Method::random};
    expect_refused();
    request.methods = {Method::random};
    request.seeds = {2, 2};
    expect_refused();
}

TEST_F(CompareTest, RefusesAMethodThatTheRecipeLeavesNoRoomFor) {
    request.conversion.recipe.start = Start::random;
    expect_refused();
}

TEST_F(CompareTest, RefusesAFolderBegunWithOtherText) {
    std::filesystem::create_directories(request.conversion.out / "random-0" / "checkpoint");
    write_file_atomically(request.conversion.out / "inputs.json", "{}\n");
    expect_refused();
}

// What a mistyped first try leaves behind does not stand in the way.
TEST_F(CompareTest, TakesAFolderThatHoldsNoConversionYet) {
    std::filesystem::create_directories(request.conversion.out);
    write_file_atomically(request.conversion.out / "inputs.json", "{}\n");
    try {
        compare(request, {sink, control});
        FAIL() << "the model is none";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("model.gguf"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace dotmoe
