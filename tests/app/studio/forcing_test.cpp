// A person opens a conversion, forces experts for tokens of the text, sees what it changes, and takes it
// back; asks which layer a token's distance from the dense model comes from.
#include <QListWidget>
#include <QMenu>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTableView>

#include "pipeline/live_routing.h"
#include "pipeline/routing_questions.h"
#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/blame_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/effect_curve.h"
#include "widgets/expert_map.h"
#include "widgets/routing_table_model.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

class ForcingTest : public StudioDriver {
  protected:
    /// A window with the toy's conversion opened, at the Routing tab.
    void openConversion() {
        m_converted = convertToy();
        openWindow({});
        drop(m_converted);
        ASSERT_TRUE(eventually([&] { return enabled("generate"); })) << banner();
        showTab(1);
        ASSERT_TRUE(eventually([&] { return rows() > 0 && idle(); })) << banner();
    }
    /// The command line's own calls are the oracle.
    const ConvertedModel& model() {
        if (!m_model) m_model.emplace(ConvertedModel::open(m_converted, DeviceChoice::automatic));
        return *m_model;
    }
    int rows() { return find<QTableView>("routingTable")->model()->rowCount(); }
    bool idle() { return find<QLabel>("routingProgress")->text().isEmpty(); }
    std::string text(const char* name) { return find<QPlainTextEdit>(name)->toPlainText().toStdString(); }
    ExpertMap& experts() { return *find<ExpertMap>("expertMap"); }
    QListWidget& list() { return *find<QListWidget>("forcings"); }
    void clickToken(int token) {
        auto* canvas = find<TokenCanvas>("tokens");
        QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->tokenCentre(token));
        ASSERT_TRUE(eventually([&] { return idle(); })) << banner();
    }
    void showMap(int map) {
        auto* bar = find<QTabWidget>("routingMaps")->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(map).center());
    }
    /// As the model's own generation goes on with it.
    std::string continuation(const std::vector<Forcing>& forcings) {
        return model().generate({.prompt = m_text, .max_new_tokens = 40, .forcings = forcings}, {}).text;
    }

    const std::string m_text{sample_text};
    std::filesystem::path m_converted;
    std::optional<ConvertedModel> m_model;
};

TEST_F(ForcingTest, ForcesExpertsAndSeesTheContinuationBesideTheOther) {
    openConversion();
    clickToken(6);
    showMap(1);
    const auto routing = route_token(model(), {m_text, {}}, 6);
    const auto at = [&](int layer, bool on) {
        for (int expert = 0;; ++expert)
            if ((routing.on[static_cast<std::size_t>(layer * routing.experts + expert)] != 0) == on)
                return expert;
    };
    const int off = at(1, false), on = at(0, true);
    QTest::mouseClick(&experts(), Qt::LeftButton, {}, experts().cellRect(1, off).center());
    QTest::keyClick(&experts(), Qt::Key_F);
    const Forcing first{.token = 6, .layer = 1, .expert = off};
    ASSERT_EQ(list().count(), 1);
    ASSERT_TRUE(eventually([&] { return idle(); })) << banner();
    EXPECT_EQ(text("routedContinuation"), continuation({}));
    EXPECT_EQ(text("forcedContinuation"), continuation({first}));
    EXPECT_TRUE(list().isVisible()) << "it comes to the front";

    // Another one by the context menu.
    const QPoint place = experts().cellRect(0, on).center();
    QTest::mouseClick(&experts(), Qt::LeftButton, {}, place);
    QContextMenuEvent asked(QContextMenuEvent::Mouse, place, experts().mapToGlobal(place));
    QApplication::sendEvent(&experts(), &asked);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(find<QAction>("forceOff")).center());
    const std::vector<Forcing> both{first, {.token = 6, .layer = 0, .expert = on, .on = false}};
    ASSERT_EQ(list().count(), 2);
    EXPECT_TRUE(list().item(1)->text().endsWith(QString("layer 0 · expert %1 off").arg(on)))
        << list().item(1)->text().toStdString();
    ASSERT_TRUE(eventually([&] { return idle(); })) << banner();
    EXPECT_EQ(text("forcedContinuation"), continuation(both));
    const auto effect = effect_of_forcings(model(), {m_text, both});
    auto& curve = *find<EffectCurve>("forcingEffect");
    const auto table = curve.table();
    ASSERT_EQ(table.rows.size(), effect.kl.size());
    for (std::size_t layer = 0; layer < effect.kl.size(); ++layer)
        EXPECT_NEAR(table.rows[layer][1].toDouble(), effect.kl[layer], 1e-5 + 1e-3 * effect.kl[layer]);
    showMap(2);
    const auto highest = std::ranges::max_element(effect.kl) - effect.kl.begin();
    EXPECT_TRUE(isDrawn(picture(curve), curve.topOf(static_cast<int>(highest)) + QPointF(0, 3),
                        QColor(0x00, 0x72, 0xb2)));

    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(list().count(), 1);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(list().count(), 2);
    list().setFocus();
    QTest::keyClick(&list(), Qt::Key_Home);
    QTest::keyClick(&list(), Qt::Key_Delete);
    EXPECT_EQ(list().count(), 1);
    clickButton("Clear");
    EXPECT_EQ(list().count(), 0);
    EXPECT_EQ(text("forcedContinuation"), "");
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    ASSERT_EQ(list().count(), 1);
    ASSERT_TRUE(eventually([&] { return idle(); })) << banner();
    EXPECT_EQ(text("forcedContinuation"), continuation({both[1]}));

    // Another text has other tokens.
    auto* edit = find<QPlainTextEdit>("routedText");
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, "Some other text");
    ASSERT_TRUE(eventually([&] { return list().count() == 0; }));
    EXPECT_FALSE(enabled("undo"));
    ASSERT_TRUE(eventually([&] { return idle() && rows() < 12; })) << banner();
}

TEST_F(ForcingTest, BlamesLayersAndColoursTokensByTheirDistance) {
    openConversion();
    showMap(3);
    clickToken(8);
    auto& bars = *find<BlameBars>("blame");
    ASSERT_TRUE(eventually([&] { return bars.culprit() >= 0 && idle(); })) << banner();
    RunControl control;
    const auto blame = blame_layers(model(), m_text, 8, control);
    const auto table = bars.table();
    ASSERT_EQ(table.rows.size(), blame.restored.size());
    for (std::size_t layer = 0; layer < blame.restored.size(); ++layer) {
        EXPECT_NEAR(table.rows[layer][1].toDouble(), blame.restored[layer],
                    1e-5 + 1e-3 * blame.restored[layer]);
        EXPECT_GE(blame.restored[layer], blame.restored[static_cast<std::size_t>(bars.culprit())]);
    }
    const int other = bars.culprit() == 0 ? 1 : 0;
    EXPECT_TRUE(isDrawn(picture(bars), bars.topOf(other) + QPointF(0, 3), QColor(0x00, 0x72, 0xb2)));
    EXPECT_TRUE(bars.title().contains("Token 8")) << bars.title().toStdString();

    const auto kl = token_divergences(model(), m_text);
    const double largest = *std::ranges::max_element(kl);
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::AltModifier);
    auto& canvas = *find<TokenCanvas>("tokens");
    QEvent leave(QEvent::Leave);  // with the tooltip of the token that was clicked
    QApplication::sendEvent(&canvas, &leave);
    const QImage seen = picture(canvas);
    auto* rows = find<QTableView>("routingTable")->model();
    for (int token = 0; token < static_cast<int>(kl.size()); ++token) {
        const double of = kl[static_cast<std::size_t>(token)];
        EXPECT_NEAR(rows->index(token, RoutingTableModel::divergence).data().toDouble(), of, 2e-3);
        const QRectF box = canvas.tokenRect(token);
        if (!canvas.rect().contains(box.toRect())) continue;
        EXPECT_TRUE(similar(colourAt(seen, {box.left() + 2, box.center().y()}),
                            QColor(sequentialColour(of / largest)), 6))
            << token;
    }
}

}  // namespace
}  // namespace dotmoe::studio
