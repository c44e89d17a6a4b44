// A person looks at what the experts of a conversion are for, by mouse and by keys.
#include "app/studio/panels/experts_panel.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <cmath>

#include "pipeline/profile_experts.h"
#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/balance_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/domain_map.h"
#include "widgets/expert_table_model.h"
#include "widgets/similarity_map.h"
#include "widgets/top_tokens_model.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class ExpertsPanelTest : public StudioDriver {
  protected:
    static constexpr int expertsTab = 2;

    /// A window with the toy's conversion opened, at the Experts tab.
    void openConversion() {
        m_converted = convertToy();
        auto options = toyOptions();
        options.model.reset();
        options.text = twoSources();
        openWindow(options);
        drop(m_converted);
        ASSERT_TRUE(eventually([&] { return enabled("generate"); })) << banner();
        showTab(expertsTab);
        ASSERT_TRUE(eventually([&] { return rows("expertTable") > 0 && idle(); })) << hint();
    }
    static std::vector<fs::path> twoSources() {
        const auto all = fs::path(DOTMOE_DEPS) / "text";
        return {all / "novels", all / "python"};
    }
    /// The command line's own call is the oracle.
    std::vector<std::shared_ptr<const ExpertProfile>> profiles() const {
        NullSink nobody;
        RunControl control;
        std::vector<std::shared_ptr<const ExpertProfile>> found;
        profile_experts(ConvertedModel::open(m_converted, DeviceChoice::automatic),
                        {.text = twoSources(), .limit = 4}, nobody, control, [&](const auto& profile) {
                            found.push_back(profile);
                            return true;
                        });
        return found;
    }
    int rows(const char* table) { return find<QTableView>(table)->model()->rowCount(); }
    QString cell(const char* table, int row, int column) {
        return find<QTableView>(table)->model()->index(row, column).data().toString();
    }
    bool idle() { return find<QLabel>("expertsProgress")->text().isEmpty(); }
    std::string hint() { return find<QLabel>("expertHint")->text().toStdString(); }
    BalanceBars& bars() { return *find<BalanceBars>("loads"); }
    /// The expert of the row that is selected.
    int chosen() {
        const auto current = find<QTableView>("expertTable")->currentIndex();
        return current.isValid() ? current.siblingAtColumn(ExpertTableModel::expert).data().toInt() : -1;
    }
    void showView(int view) {
        auto* bar = find<QTabWidget>("expertViews")->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(view).center());
        QTest::qWait(50);
    }
    void clickBar(int expert) {
        const QPoint at = bars().barRect(expert).center();
        auto* plot = bars().childAt(at);
        QTest::mouseClick(plot, Qt::LeftButton, {}, plot->mapFrom(&bars(), at));
    }

    fs::path m_converted;
};

TEST_F(ExpertsPanelTest, TableTokensAndMapsShowTheProfile) {
    openConversion();
    const auto found = profiles();
    const auto& profile = *found[0];
    ASSERT_EQ(rows("expertTable"), profile.experts);
    for (int expert = 0; expert < profile.experts; ++expert) {
        const auto e = static_cast<std::size_t>(expert);
        EXPECT_EQ(cell("expertTable", expert, ExpertTableModel::load),
                  QString::number(profile.load[e], 'f', 2));
        if (const auto other = most_alike(profile, expert)) {
            EXPECT_TRUE(
                cell("expertTable", expert, ExpertTableModel::alike).startsWith(QString::number(*other)));
        }
    }
    // The bars are those of the same text: no run has told any.
    EXPECT_TRUE(bars().title().contains("Layer 0 · expert load, held-out text"))
        << bars().title().toStdString();
    EXPECT_NEAR(bars().highest(), *std::ranges::max_element(profile.load), 1e-6);
    EXPECT_TRUE(
        find<QLabel>("expertSummary")->text().contains(QString::number(profile.load_entropy, 'f', 2)));

    // A click on a bar, keys in the table: both choose.
    clickBar(5);
    EXPECT_EQ(chosen(), 5);
    auto* table = find<QTableView>("expertTable");
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(chosen(), 6);
    EXPECT_EQ(bars().expert(), 6);
    const auto& top = profile.top[6];
    ASSERT_EQ(rows("topTokens"), static_cast<int>(top.size()));
    for (int row = 0; row < rows("topTokens"); ++row) {
        const auto& token = top[static_cast<std::size_t>(row)];
        EXPECT_EQ(cell("topTokens", row, TopTokensModel::probability),
                  QString::number(token.probability, 'f', 3));
        EXPECT_EQ(cell("topTokens", row, TopTokensModel::domain).toStdString(),
                  profile.domains[static_cast<std::size_t>(token.domain)]);
    }

    showView(1);
    auto& domains = *find<DomainMap>("domainMap");
    ASSERT_TRUE(domains.isVisible());
    EXPECT_EQ(domains.expert(), 6);
    EXPECT_EQ(rows("domainTable"), profile.tokens[6] > 0 ? 2 : 0);
    QTest::mouseClick(&domains, Qt::LeftButton, {}, domains.cellRect(1, 9).center());
    EXPECT_EQ(chosen(), 9);
    const QImage seen = picture(domains);
    for (const int expert : {1, 4, 12}) {
        const double affinity =
            static_cast<double>(profile.affinity[static_cast<std::size_t>(profile.experts + expert)]);
        const QColor wanted =
            std::isnan(affinity)
                ? expertColour(-1)
                : QColor(divergingColour(std::log2(affinity) / DomainMap::end, isDark(domains.palette())));
        EXPECT_TRUE(similar(colourAt(seen, domains.cellRect(1, expert).topLeft() + QPoint(1, 1)), wanted))
            << expert;
    }

    showView(2);
    auto& similarity = *find<SimilarityMap>("similarityMap");
    EXPECT_EQ(similarity.expert(), 9);
    similarity.setFocus();
    QTest::keyClick(&similarity, Qt::Key_Left);
    EXPECT_EQ(chosen(), 8);
    if (const auto other = most_alike(profile, 8)) {
        EXPECT_EQ(cell("similarityTable", 0, 0).toInt(), *other);
    }
}

TEST_F(ExpertsPanelTest, ALayerIsChosenAndTheTableSorted) {
    openConversion();
    const auto found = profiles();
    auto* layer = find<QSpinBox>("expertLayer");
    ASSERT_TRUE(layer->isEnabled());
    EXPECT_EQ(layer->maximum() + 1, static_cast<int>(found.size()));
    layer->setFocus();
    QTest::keyClick(layer, Qt::Key_Up);
    const auto& profile = *found[1];
    EXPECT_TRUE(bars().title().contains("Layer 1"));
    EXPECT_EQ(cell("expertTable", 4, ExpertTableModel::load), QString::number(profile.load[4], 'f', 2));
    EXPECT_TRUE(idle()) << "it is known already";

    clickBar(4);
    auto* table = find<QTableView>("expertTable");
    auto* header = table->horizontalHeader();
    for (int click = 0; click < 2; ++click)
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          {header->sectionPosition(ExpertTableModel::load) + 8, header->height() / 2});
    const auto heaviest = std::ranges::max_element(profile.load) - profile.load.begin();
    const bool descending = header->sortIndicatorOrder() == Qt::DescendingOrder;
    EXPECT_EQ(cell("expertTable", descending ? 0 : profile.experts - 1, ExpertTableModel::expert).toInt(),
              heaviest);
    EXPECT_EQ(chosen(), 4) << "the choice stays";
}

TEST_F(ExpertsPanelTest, SaysWhatIsMissing) {
    openWindow({});
    leaveWelcome();
    showTab(expertsTab);
    EXPECT_NE(hint().find("Convert a model"), std::string::npos);
    EXPECT_TRUE(find<QLabel>("expertHint")->isVisible());
    m_converted = convertToy();
    drop(m_converted);
    ASSERT_TRUE(eventually([&] { return enabled("generate"); })) << banner();
    showTab(expertsTab);
    EXPECT_NE(hint().find("Name text"), std::string::npos);

    auto* texts = find<QWidget>("text")->findChild<QLineEdit*>();
    texts->setText("nowhere");
    ASSERT_TRUE(eventually([&] { return hint().find("nowhere") != std::string::npos && idle(); })) << hint();
    texts->setText(QString::fromStdString(twoSources()[0].string()));
    ASSERT_TRUE(eventually([&] { return rows("expertTable") > 0; })) << hint();
    EXPECT_FALSE(find<QLabel>("expertHint")->isVisible());
    texts->clear();
    ASSERT_TRUE(eventually([&] { return rows("expertTable") == 0; }));
    EXPECT_NE(hint().find("Name text"), std::string::npos);
}

TEST_F(ExpertsPanelTest, WorksOnlyWhileItIsSeen) {
    openConversion();
    auto* layer = find<QSpinBox>("expertLayer");
    showTab(0);
    drop(m_converted);  // opened anew: nothing is known of it
    ASSERT_TRUE(eventually([&] { return m_window->tabs().currentIndex() == 4; }));
    QTest::qWait(300);
    EXPECT_EQ(rows("expertTable"), 0);
    EXPECT_FALSE(layer->isEnabled());
    showTab(expertsTab);
    QTest::qWait(20);
    showTab(0);  // broken off
    EXPECT_TRUE(idle());
    showTab(expertsTab);
    ASSERT_TRUE(eventually([&] { return idle() && rows("expertTable") > 0; })) << hint();
    EXPECT_EQ(layer->maximum() + 1, static_cast<int>(profiles().size()));
}

TEST_F(ExpertsPanelTest, NothingIsCutOffInASmallWindow) {
    openConversion();
    for (const QSize size : {QSize(1600, 1000), QSize(1024, 700)}) {
        m_window->resize(size);
        if (size.width() == 1600) {
            QTest::qWait(50);
            EXPECT_EQ(find<QTableView>("expertTable")->horizontalScrollBar()->maximum(), 0) << "all columns";
        }
        for (int view = 0; view < 3; ++view) {
            showView(view);
            auto* panel = m_window->findChild<ExpertsPanel*>();
            for (auto* part : panel->findChildren<QWidget*>()) {
                if (!part->isVisible() || part->parentWidget() != panel) continue;
                EXPECT_TRUE(panel->rect().contains(part->geometry())) << part->objectName().toStdString();
                EXPECT_GE(part->height(), part->minimumSizeHint().height());
            }
        }
    }
}

}  // namespace
}  // namespace dotmoe::studio
