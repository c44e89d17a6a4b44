// The tokens that an expert is most probable for, each in its context: a concordance.
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "events/expert_profile.h"

namespace dotmoe {

/// The token stands in a column of its own, bold, between what comes before it (aligned right) and after.
class TopTokensModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { probability, domain, before, token, after, columnCountOfTable };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Null, or an expert that the profile lacks, empties it.
    void setExpert(const std::shared_ptr<const ExpertProfile>& profile, int expert);

  private:
    std::shared_ptr<const ExpertProfile> m_profile;
    int m_expert = -1;
};

}  // namespace dotmoe
