// A person tries the conversion beside its dense model: texts side by side, the k dial, a table of baselines,
// a sweep.
#include "app/studio/panels/compare_panel.h"

#include <QFile>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTableView>

#include "pipeline/sparsity_dial.h"
#include "pipeline/sweep.h"
#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"
#include "widgets/pareto_plot.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class ComparePanelTest : public StudioDriver {
  protected:
    std::string text(const char* name) { return find<QPlainTextEdit>(name)->toPlainText().toStdString(); }
    QString cell(const char* table, int row, int column) {
        return find<QTableView>(table)->model()->index(row, column).data().toString();
    }
    int rows(const char* table) { return find<QTableView>(table)->model()->rowCount(); }
};

TEST_F(ComparePanelTest, WritesTheTextsOfBothModelsAndTheirSpeeds) {
    const auto folder = convertToy();
    openWindow({});
    EXPECT_FALSE(enabled("generate"));
    drop(folder);
    ASSERT_TRUE(eventually([&] { return enabled("generate"); })) << banner();
    EXPECT_EQ(m_window->tabs().currentIndex(), 4) << "the tab comes to the front";
    EXPECT_FALSE(enabled("turnDial")) << "there is no text to judge on";
    auto* prompt = find<QLineEdit>("prompt");
    prompt->setFocus();
    prompt->selectAll();
    QTest::keyClicks(prompt, "The sea");
    find<QSpinBox>("tokenCount")->setValue(24);
    QTest::keyClick(m_window.get(), Qt::Key_G, Qt::ControlModifier);
    EXPECT_TRUE(enabled("stopTrial"));
    EXPECT_FALSE(enabled("generate"));
    ASSERT_TRUE(eventually([&] { return enabled("generate"); })) << banner();

    // The command line's own calls are the oracle.
    const GenerateRequest request{.prompt = "The sea", .max_new_tokens = 24};
    const auto model = ConvertedModel::open(folder, DeviceChoice::automatic),
               dense = ConvertedModel::open(toyModel(), DeviceChoice::automatic);
    EXPECT_EQ(text("convertedText"), model.generate(request, {}).text);
    EXPECT_EQ(text("denseText"), dense.generate(request, {}).text);
    EXPECT_FALSE(text("denseText").empty());
    for (const char* name : {"denseTextSpeed", "convertedTextSpeed"}) {
        const auto heading = find<QLabel>(name)->text();
        EXPECT_TRUE(heading.contains(" tokens · ") && heading.endsWith(" tokens/s")) << heading.toStdString();
    }

    // A long one is stopped, and the window can be closed at once.
    find<QSpinBox>("tokenCount")->setValue(4096);
    clickButton("Generate");
    ASSERT_TRUE(eventually([&] { return !text("denseText").empty(); }));
    clickButton("Stop");
    EXPECT_TRUE(enabled("generate"));
    const auto stopped = text("denseText");
    QTest::qWait(200);
    EXPECT_EQ(text("denseText"), stopped) << "nothing arrives any more";
    clickButton("Generate");
    ASSERT_TRUE(eventually([&] { return !text("denseText").empty(); }));
}

TEST_F(ComparePanelTest, TurnsTheDial) {
    const auto folder = convertToy();
    auto options = toyOptions();
    options.model.reset();
    openWindow(options);
    drop(folder);
    ASSERT_TRUE(eventually([&] { return enabled("turnDial"); })) << banner();
    QTest::keyClick(m_window.get(), Qt::Key_D, Qt::ControlModifier);
    ASSERT_TRUE(eventually([&] { return rows("dialTable") > 0; })) << banner();

    NullSink nobody;
    RunControl control;
    const auto model = ConvertedModel::open(folder, DeviceChoice::automatic);
    std::vector<std::int64_t> active;
    for (int row = 0; row < rows("dialTable"); ++row) active.push_back(cell("dialTable", row, 0).toInt());
    EXPECT_EQ(active, (std::vector<std::int64_t>{1, 2, 3, 4, 16}));
    const auto points = turn_dial(model, active, {.text = options.text}, nobody, control);
    for (int row = 0; row < rows("dialTable"); ++row) {
        const auto& point = points[static_cast<std::size_t>(row)];
        EXPECT_EQ(cell("dialTable", row, 3), QString::number(point.quality.perplexity, 'f', 2));
        EXPECT_EQ(cell("dialTable", row, 2), QString::number(point.active_parameters / 1e6, 'f', 3));
        EXPECT_GT(cell("dialTable", row, 5).toDouble(), 0);
        EXPECT_EQ(cell("dialTable", row, 6), point.active == 2 ? "as trained" : "");
    }
    auto& curve = *find<DialCurve>("dialCurve");
    const QImage seen = picture(curve);
    const bool dark = isDark(curve.palette());
    for (int row = 0; row < rows("dialTable"); ++row)
        EXPECT_TRUE(isDrawn(seen, curve.perplexityPoint(row), seriesPen(Series::perplexity, dark).color()))
            << row;
}

TEST_F(ComparePanelTest, ShowsTheTableThatCompareLeft) {
    openWindow({});
    const fs::path folder(m_folder.path().toStdString());
    const auto write = [&](const QByteArray& json) {
        QFile file(QString::fromStdString((folder / "compare.json").string()));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(json);
    };
    write(R"({"seeds": [0, 1], "dense": 16.25, "tasks": [], "as_it_is": [
        {"method": "transport", "perplexity": {"mean": 134.2, "stderr": 1.5, "seeds": [1, 2]},
         "kl": {"mean": 2.19}, "top1": {"mean": 0.367}}],
      "trained": [{"method": "random", "perplexity": {"mean": 145, "seeds": [145]}, "kl": {"mean": 2.5},
         "top1": {"mean": 0.25}, "dead": 3, "load_max": 4.5, "seconds": 61}]})");
    drop(folder);
    ASSERT_TRUE(eventually([&] { return rows("baselines") == 3; })) << banner();
    EXPECT_EQ(cell("baselines", 0, 0), "dense");
    EXPECT_EQ(cell("baselines", 0, 2), "16.25");
    EXPECT_EQ(cell("baselines", 1, 1), "as it is");
    EXPECT_EQ(cell("baselines", 1, 2), "134.20 ± 1.50");
    EXPECT_EQ(cell("baselines", 2, 4), "25.0");
    EXPECT_EQ(cell("baselines", 2, 6), "4.50");
    EXPECT_TRUE(find<QTableView>("baselines")->isVisible());

    write("{\"dense\": \"none\"}");
    drop(folder / "compare.json");
    ASSERT_TRUE(eventually([&] { return banner().find("is not the table") != std::string::npos; }))
        << banner();
    EXPECT_EQ(rows("baselines"), 3);
}

TEST_F(ComparePanelTest, DrawsWhatASweepFound) {
    SweepRequest request{.conversion = toyRequest("swept", 0), .layouts = {}};
    request.layouts = {{.experts = 16, .active = 2}, {.experts = 8, .active = 2}};
    NullSink nobody;
    RunControl control;
    const auto swept = sweep(request, {nobody, control});

    openWindow({});
    drop(request.conversion.out);
    const auto points = static_cast<int>(swept.points.size());
    ASSERT_TRUE(eventually([&] { return rows("paretoTable") == points + 1; })) << banner();
    for (int row = 0; row < points; ++row) {
        const auto& [layout, at, best] = swept.points[static_cast<std::size_t>(row)];
        EXPECT_EQ(cell("paretoTable", row, 0).toInt(), layout.experts);
        EXPECT_EQ(cell("paretoTable", row, 1).toInt(), at.active);
        EXPECT_EQ(cell("paretoTable", row, 5), QString::number(at.quality.perplexity, 'f', 2));
        EXPECT_EQ(cell("paretoTable", row, 8).startsWith("front"), best);
    }
    auto& plot = *find<ParetoPlot>("paretoPlot");
    ASSERT_TRUE(plot.isVisible());
    const QImage seen = picture(plot);
    const auto front = seriesPen(Series::perplexity, isDark(plot.palette())).color();
    for (int row = 0; row < points; ++row)
        if (swept.points[static_cast<std::size_t>(row)].front) {
            EXPECT_TRUE(isDrawn(seen, plot.pointAt(row), front)) << row;
        }

    // A click on a point shows its row; the keys in the table ring its point.
    auto* table = find<QTableView>("paretoTable");
    auto* inner = plot.childAt(plot.pointAt(1).toPoint());
    QTest::mouseClick(inner, Qt::LeftButton, {}, inner->mapFrom(&plot, plot.pointAt(1).toPoint()));
    EXPECT_EQ(table->currentIndex().row(), 1);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(plot.current(), 2);

    QFile(QString::fromStdString((request.conversion.out / "sweep.json").string())).remove();
    QFile broken(QString::fromStdString((request.conversion.out / "sweep.json").string()));
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write(R"({"dense": {"parameters": 1, "perplexity": -2}, "points": []})");
    broken.close();
    drop(request.conversion.out / "sweep.json");
    ASSERT_TRUE(eventually([&] { return banner().find("not above 0") != std::string::npos; })) << banner();
    EXPECT_EQ(rows("paretoTable"), points + 1) << "what was shown stays";
}

}  // namespace
}  // namespace dotmoe::studio
