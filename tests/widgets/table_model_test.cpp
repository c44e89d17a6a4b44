#include "widgets/table_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace dotmoe {
namespace {

TEST(TableModel, ShowsATableAndComesBackAsOne) {
    TableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    const Table table{{"k", "perplexity"}, {{"2", "3,5"}, {"4", "1 \"x\""}}};
    model.setTable(table);
    EXPECT_EQ(tableOf(model).header, table.header);
    EXPECT_EQ(tableOf(model).rows, table.rows);
    EXPECT_EQ(toCsv(tableOf(model)), "k,perplexity\r\n2,\"3,5\"\r\n4,\"1 \"\"x\"\"\"\r\n");
    model.setTable({});
    EXPECT_EQ(model.rowCount(), 0);
}

}  // namespace
}  // namespace dotmoe
