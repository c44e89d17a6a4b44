// The experts of one layer as rows.
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "events/expert_profile.h"

namespace dotmoe {

/// Row e is expert e. Qt::UserRole has the number to sort by; -1 where an expert has none.
class ExpertTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { expert, load, remark, domain, entropy, alike, columnCountOfTable };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  public slots:
    /// Null: none.
    void setProfile(const std::shared_ptr<const dotmoe::ExpertProfile>& profile);

  private:
    QString text(int row, int column) const;
    double number(int row, int column) const;

    std::shared_ptr<const ExpertProfile> m_profile;
};

}  // namespace dotmoe
