#include "app/studio/panels/expert_views.h"

#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "app/studio/panels/rows_view.h"
#include "app/studio/tables_of_experts.h"
#include "widgets/domain_map.h"
#include "widgets/expert_table_model.h"
#include "widgets/similarity_map.h"
#include "widgets/table_model.h"
#include "widgets/top_tokens_model.h"

namespace dotmoe::studio {
namespace {

/// What comes before a token is cut at its far end.
class CutLeft : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->textElideMode = Qt::ElideLeft;
    }
};

/// All experts left, the chosen one right.
QSplitter* beside(QWidget* all, QLabel* heading, QWidget* one, int left, int right) {
    auto* chosen = new QWidget;
    auto* column = new QVBoxLayout(chosen);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(2);
    column->addWidget(heading);
    column->addWidget(one, 1);
    heading->setWordWrap(true);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(all);
    splitter->addWidget(chosen);
    splitter->setSizes({40 * left, 40 * right});  // pixels, in this proportion
    splitter->setStretchFactor(0, left);
    splitter->setStretchFactor(1, right);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

}  // namespace

ExpertViews::ExpertViews(QWidget* parent)
    : QTabWidget(parent),
      m_experts(new ExpertTableModel(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_tokens(new TopTokensModel(this)),
      m_domains(new TableModel(this)),
      m_others(new TableModel(this)),
      m_tokensHeading(new QLabel),
      m_domainsHeading(new QLabel),
      m_othersHeading(new QLabel),
      m_domainMap(new DomainMap),
      m_similarityMap(new SimilarityMap) {
    setObjectName("expertViews");
    setDocumentMode(true);
    m_domainMap->setObjectName("domainMap");
    m_similarityMap->setObjectName("similarityMap");
    addTab(buildExperts(), tr("Tokens"));
    addTab(buildDomains(), tr("Domains"));
    addTab(buildSimilarity(), tr("Similarity"));
}

QWidget* ExpertViews::buildExperts() {
    m_sorted->setSourceModel(m_experts);
    m_sorted->setSortRole(Qt::UserRole);
    m_table = rows_view(m_sorted, "expertTable", tr("Experts of the layer"));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ExpertTableModel::expert, Qt::AscendingOrder);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) emit expertChosen(m_sorted->mapToSource(current).row());
            });
    auto* tokens = rows_view(m_tokens, "topTokens", tr("Tokens of the chosen expert in their context"));
    tokens->setWordWrap(false);
    tokens->setItemDelegateForColumn(TopTokensModel::before, new CutLeft(tokens));
    auto* header = tokens->horizontalHeader();
    header->setSectionResizeMode(TopTokensModel::before, QHeaderView::Stretch);
    header->setSectionResizeMode(TopTokensModel::after, QHeaderView::Stretch);
    return beside(m_table, m_tokensHeading, tokens, 13, 9);
}

QWidget* ExpertViews::buildDomains() {
    connect(m_domainMap, &ExpertGrid::expertChosen, this, &ExpertViews::expertChosen);
    return beside(m_domainMap, m_domainsHeading,
                  rows_view(m_domains, "domainTable", tr("Domains of the chosen expert")), 3, 1);
}

QWidget* ExpertViews::buildSimilarity() {
    connect(m_similarityMap, &ExpertGrid::expertChosen, this, &ExpertViews::expertChosen);
    return beside(m_similarityMap, m_othersHeading,
                  rows_view(m_others, "similarityTable", tr("Experts like the chosen one")), 3, 1);
}

void ExpertViews::setProfile(const std::shared_ptr<const ExpertProfile>& profile) {
    if (profile == m_profile) return;
    m_profile = profile;
    {
        const QSignalBlocker quiet(this);  // the reset table chooses nothing
        m_experts->setProfile(profile);
    }
    m_domainMap->setProfile(profile);
    m_similarityMap->setProfile(profile);
    showExpert();
}

void ExpertViews::setExpert(int expert) {
    if (expert == m_expert) return;
    m_expert = expert;
    showExpert();
}

void ExpertViews::showExpert() {
    const bool known = m_profile && m_expert >= 0 && m_expert < m_profile->experts;
    m_tokens->setExpert(m_profile, known ? m_expert : -1);
    m_domains->setTable(known ? domains_of_expert(*m_profile, m_expert) : Table{});
    m_others->setTable(known ? experts_like(*m_profile, m_expert) : Table{});
    m_domainMap->setExpert(known ? m_expert : -1);
    m_similarityMap->setExpert(known ? m_expert : -1);
    const auto say = [&](QLabel* heading, const QString& what) {
        heading->setText(known ? what.arg(m_expert) : QString());
    };
    say(m_tokensHeading, tr("Expert %1: the tokens that it is most probable for"));
    say(m_domainsHeading, tr("Expert %1: its domains"));
    say(m_othersHeading, tr("Expert %1: chosen together with"));
    if (known) selectRow();
}

void ExpertViews::selectRow() {
    const auto row = m_sorted->mapFromSource(m_experts->index(m_expert, 0));
    if (row.row() == m_table->currentIndex().row()) return;
    m_table->setCurrentIndex(row);
    m_table->scrollTo(row);
}

}  // namespace dotmoe::studio
