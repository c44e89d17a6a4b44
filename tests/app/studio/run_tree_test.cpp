#include "app/studio/run_tree.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace dotmoe::studio {
namespace {

RunRecord run(const char* folder, const char* parent = nullptr) {
    RunRecord record{.folder = folder, .recipe = preset("toy"), .finished = true, .step = 60};
    record.quality = Quality{.perplexity = 12.345, .kl = 0.4567};
    if (parent) record.parent = Parent{parent, "global", 60, {{"recover.steps", "0", "8"}}};
    return record;
}

class RunTreeTest : public ::testing::Test {
  protected:
    std::string cell(const char* folder, int column) {
        const auto index = tree_.find(folder);
        return index.siblingAtColumn(column).data().toString().toStdString();
    }
    RunTree tree_;
    QAbstractItemModelTester tester_{&tree_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(RunTreeTest, ForksStandUnderWhatTheyBeganFrom) {
    tree_.setRuns({run("/runs/c", "/runs/b"), run("/runs/a"), run("/runs/b", "/runs/a"),
                   run("/runs/d", "/runs/a"), run("/runs/a")});
    ASSERT_EQ(tree_.rowCount(), 1);
    const auto a = tree_.find("/runs/a"), b = tree_.find("/runs/b"), c = tree_.find("/runs/c");
    EXPECT_EQ(tree_.rowCount(a), 2);
    EXPECT_EQ(b.parent(), a);
    EXPECT_EQ(c.parent(), b);
    EXPECT_EQ(tree_.find("/runs/d").row(), 1);
    EXPECT_EQ(tree_.record(c).folder, "/runs/c");
    EXPECT_FALSE(tree_.find("/runs/e").isValid());
}

TEST_F(RunTreeTest, AForkWhoseParentIsNotKnownIsARoot) {
    tree_.setRuns({run("/runs/b", "/gone")});
    EXPECT_EQ(tree_.rowCount(), 1);
    EXPECT_TRUE(tree_.index(0, 0).data(Qt::ToolTipRole).toString().contains("/gone"));
}

TEST_F(RunTreeTest, FoldersThatNameEachOtherAreAllShown) {
    tree_.setRuns({run("/runs/a", "/runs/b"), run("/runs/b", "/runs/a")});
    ASSERT_EQ(tree_.rowCount(), 1);
    EXPECT_EQ(tree_.rowCount(tree_.index(0, 0)), 1);
}

TEST_F(RunTreeTest, SaysWhatWasChangedAndHowFarItCame) {
    auto stopped = run("/runs/stopped");
    stopped.finished = false;
    stopped.step = 5;
    stopped.quality.reset();
    tree_.setRuns({run("/runs/a"), run("/runs/b", "/runs/a"), stopped});
    EXPECT_EQ(cell("/runs/a", RunTree::name), "a");
    EXPECT_EQ(cell("/runs/a", RunTree::change), "toy");
    EXPECT_EQ(cell("/runs/a", RunTree::steps), "60");
    EXPECT_EQ(cell("/runs/a", RunTree::perplexity), "12.35");
    EXPECT_EQ(cell("/runs/a", RunTree::kl), "0.457");
    EXPECT_EQ(cell("/runs/b", RunTree::change), "recover.steps 0 -> 8");
    EXPECT_EQ(cell("/runs/stopped", RunTree::steps), "5 of 60");
    EXPECT_EQ(cell("/runs/stopped", RunTree::kl), "–");
    tree_.setRuns({});
    EXPECT_EQ(tree_.rowCount(), 0);
}

}  // namespace
}  // namespace dotmoe::studio
