// The experts of one layer: what each is for, which domains they serve, which are alike.
#pragma once

#include <QTabWidget>
#include <memory>

#include "events/expert_profile.h"

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace dotmoe {
class DomainMap;
class ExpertTableModel;
class SimilarityMap;
class TableModel;
class TopTokensModel;
}  // namespace dotmoe

namespace dotmoe::studio {

/// Each tab has a picture or table of all experts and beside it a table of the one that is chosen.
class ExpertViews : public QTabWidget {
    Q_OBJECT

  public:
    explicit ExpertViews(QWidget* parent = nullptr);

    void setProfile(const std::shared_ptr<const ExpertProfile>& profile);
    /// One that the profile lacks: none.
    void setExpert(int expert);

  signals:
    void expertChosen(int expert);

  private:
    QWidget* buildExperts();
    QWidget* buildDomains();
    QWidget* buildSimilarity();
    void showExpert();
    void selectRow();

    std::shared_ptr<const ExpertProfile> m_profile;
    int m_expert = 0;
    ExpertTableModel* m_experts;
    QSortFilterProxyModel* m_sorted;
    TopTokensModel* m_tokens;
    TableModel *m_domains, *m_others;
    QTableView* m_table;
    QLabel *m_tokensHeading, *m_domainsHeading, *m_othersHeading;
    DomainMap* m_domainMap;
    SimilarityMap* m_similarityMap;
};

}  // namespace dotmoe::studio
